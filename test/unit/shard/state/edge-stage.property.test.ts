import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Adjacency } from '../../../../shard/state/adjacency.ts'
import { EdgeStage } from '../../../../shard/state/edge-stage.ts'

/** Close together, and far apart: a few edges far apart are put in one by one. */
const nodes = [0, 1, 2, 3, 4, 5, 700, 90_000]
const edge = fc.tuple(
  fc.constantFrom(...nodes),
  fc.oneof(fc.nat(300), fc.nat(2 ** 29 - 1)),
  fc.constantFrom('stage' as const, 'stage' as const, 'add' as const),
)

function listsOf(graph: Adjacency): number[][] {
  return nodes.map((node) => {
    const neighbors: number[] = []
    graph.forEach(node, (neighbor) => neighbors.push(neighbor))
    return neighbors
  })
}

test('edges that wait are there as soon as anybody looks, each once', () => {
  const batches = fc.array(fc.array(edge, { maxLength: 700, size: 'max' }), { maxLength: 4 })
  fc.assert(
    fc.property(batches, (batches) => {
      const stage = new EdgeStage()
      const plain = new Adjacency()
      for (const batch of batches) {
        for (const [node, neighbor, how] of batch) {
          stage[how](node, neighbor)
          plain.add(node, neighbor)
        }
        expect(stage.settled().edgeCount).toBe(plain.edgeCount)
        expect(listsOf(stage.settled())).toEqual(listsOf(plain))
      }
    }),
  )
})

test('more edges than may wait make themselves at home', () => {
  const stage = new EdgeStage()
  const count = 2 ** 23 + 5
  for (let number = 0; number < count; number++) stage.stage(number & 0xfff, number >> 12)
  expect(stage.settled().edgeCount).toBe(count)
  expect(stage.settled().degree(1)).toBe(2_049)
})

test('a single edge waits only where others do', () => {
  const stage = new EdgeStage()
  const graph = stage.settled()
  stage.add(1, 2)
  expect(graph.edgeCount).toBe(1)
  stage.stage(1, 3)
  stage.add(1, 4)
  expect(graph.edgeCount).toBe(1)
  expect(stage.settled().edgeCount).toBe(3)
})
