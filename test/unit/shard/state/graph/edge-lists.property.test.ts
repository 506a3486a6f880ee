import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Adjacency, type Neighbors } from '../../../../../shard/state/graph/adjacency.ts'
import { EdgeLists } from '../../../../../shard/state/graph/edge-lists.ts'

/** Close together, and far apart: a few edges far apart are put in one by one. */
const nodes = [0, 1, 2, 3, 4, 5, 700, 90_000]
const neighbor = fc.oneof(fc.nat(300), fc.nat(2 ** 29 - 1))
const step = fc.tuple(
  fc.constantFrom('stage' as const, 'add' as const, 'add' as const, 'remove' as const),
  fc.constantFrom(...nodes),
  neighbor,
)

function listsOf(graph: Neighbors): number[][] {
  return nodes.map((node) => {
    const neighbors: number[] = []
    graph.forEach(node, (neighbor) => neighbors.push(neighbor))
    return neighbors
  })
}

test('edges that wait are there as soon as anybody looks, each once', () => {
  const batches = fc.array(fc.array(step, { maxLength: 700, size: 'max' }), { maxLength: 4 })
  fc.assert(
    fc.property(batches, fc.constantFrom(1, 3, 100), (batches, waitingNodesMax) => {
      const lists = new EdgeLists({ waitingNodesMax })
      const plain = new Adjacency()
      for (const batch of batches) {
        for (const [how, node, neighbor] of batch) {
          if (how === 'remove')
            expect(lists.remove(node, neighbor)).toBe(plain.remove(node, neighbor))
          else {
            lists[how](node, neighbor)
            plain.add(node, neighbor)
          }
        }
        expect(listsOf(lists)).toEqual(listsOf(plain))
        expect(lists.edgeCount).toBe(plain.edgeCount)
      }
    }),
  )
})

test('every question about a node finds what waits for it, and lets the others wait', () => {
  const asks: ((lists: EdgeLists) => unknown)[] = [
    (lists) => lists.has(1, 7),
    (lists) => lists.degree(1) === 2,
    (lists) => lists.copyTo(1, { from: 0, to: 10 }, new Uint32Array(4)) === 2,
    (lists) => lists.remove(1, 7),
  ]
  for (const ask of asks) {
    const lists = new EdgeLists()
    const seenElsewhere = Adjacency.attach(structuredClone(lists.share()))
    for (const [node, neighbor] of [
      [1, 7],
      [2, 7],
      [1, 3],
    ] as const)
      lists.add(node, neighbor)
    expect(seenElsewhere.degree(1)).toBe(0)
    expect(ask(lists)).toBe(true)
    expect(seenElsewhere.degree(1)).toBe(lists.degree(1))
    expect(seenElsewhere.degree(2)).toBe(0)
    lists.settle(2)
    expect(seenElsewhere.degree(2)).toBe(1)
  }
})

test('a list of two million is whole, of which a few wait at a time', () => {
  const lists = new EdgeLists()
  for (let number = 0; number < 2 ** 21; number++) lists.add(5, (number * 7_919) & (2 ** 21 - 1))
  expect(lists.degree(5)).toBe(2 ** 21)
})

test('more edges than may wait make themselves at home', () => {
  const lists = new EdgeLists({ waitingNodesMax: 2 ** 10 })
  for (let number = 0; number < 2 ** 16; number++) lists.add(number & 0xfff, number >> 12)
  expect(lists.edgeCount).toBe(2 ** 16)
  for (const node of [0, 1, 4_095]) expect(lists.degree(node)).toBe(16)
})

test('more staged edges than may wait make themselves at home', () => {
  const lists = new EdgeLists()
  const count = 2 ** 23 + 5
  for (let number = 0; number < count; number++) lists.stage(number & 0xfff, number >> 12)
  expect(lists.edgeCount).toBe(count)
  expect(lists.degree(1)).toBe(2_049)
})

test('behind staged edges single ones are staged as well', () => {
  const lists = new EdgeLists()
  const seenElsewhere = Adjacency.attach(structuredClone(lists.share()))
  lists.stage(1, 3)
  lists.add(1, 4)
  lists.settleStaged()
  expect(seenElsewhere.degree(1)).toBe(2)
})

test('where memory is used up nobody sees a list without what waits for it', () => {
  const lists = new EdgeLists({ bytesMax: 1 })
  const nodesEnd = 4_096
  const added = new Uint32Array(nodesEnd)
  const fill = (): void => {
    for (let number = 0; ; number++) {
      const node = (number * 7) % nodesEnd
      lists.add(node, number * 1_000)
      added[node]!++
    }
  }
  expect(fill).toThrow(RangeError)
  let hidden = 0
  for (let node = 0; node < nodesEnd; node++) {
    try {
      expect(lists.degree(node)).toBe(added[node])
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      hidden++
      expect(() => lists.has(node, 0)).toThrow(RangeError)
    }
  }
  expect(hidden).toBeGreaterThan(0)
})
