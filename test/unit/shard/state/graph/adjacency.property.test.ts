// The follow graph against the plainest model there is: a set of neighbors per node.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Adjacency } from '../../../../../shard/state/graph/adjacency.ts'
import { seeded } from '../seeded.ts'
import {
  expectEqual,
  expectSame,
  INDEX_MAX,
  ModelGraph,
  neighborsByPage,
  neighborsOf,
} from './model-graph.ts'

describe('one node', () => {
  test('a node never seen has no neighbors', () => {
    const graph = new Adjacency()
    for (const node of [0, 1, 1_000_000, INDEX_MAX, 2 ** 32 - 1]) {
      expect(graph.degree(node)).toBe(0)
      expect(graph.has(node, 0)).toBe(false)
      expect(graph.remove(node, 0)).toBe(false)
      expect(neighborsOf(graph, node)).toEqual([])
    }
  })

  test('knows an edge once', () => {
    const graph = new Adjacency()
    expect(graph.add(3, 9)).toBe(true)
    expect(graph.add(3, 9)).toBe(false)
    expect(graph.add(3, 0)).toBe(true)
    expect(graph.add(3, INDEX_MAX)).toBe(true)
    expect(graph.add(3, 0)).toBe(false)
    expect(neighborsOf(graph, 3)).toEqual([0, 9, INDEX_MAX])
    expect([graph.has(3, 9), graph.has(3, 8), graph.edgeCount]).toEqual([true, false, 3])
  })

  test('refuses what is no index', () => {
    const graph = new Adjacency()
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 29]) {
      expect(() => graph.add(0, wrong)).toThrow(RangeError)
      expect(() => graph.add(wrong, 0)).toThrow(RangeError)
    }
    expect(graph.edgeCount).toBe(0)
  })

  test('says so when the memory set aside is used up, and still answers', () => {
    const graph = new Adjacency({ bytesMax: 1 })
    expect(() => {
      for (let i = 0; i < 100_000; i++) graph.add(i % 1000, i)
    }).toThrow('slab is full')
    expect(graph.has(0, 0)).toBe(true)
  })

  test('a celebrity gains 60,000 followers in random order and loses them again', () => {
    const graph = new Adjacency()
    const random = seeded(7)
    const model = new Set<number>()
    for (let i = 0; i < 60_000; i++) {
      const neighbor = random(2) === 0 ? random(100_000) : random(40_000_000)
      expectEqual(graph.add(1, neighbor), model.size < model.add(neighbor).size)
    }
    const sorted = Uint32Array.from(model).sort()
    expect(graph.degree(1)).toBe(sorted.length)
    expectEqual(neighborsOf(graph, 1), [...sorted])
    expectEqual(neighborsByPage(graph, 1, 5000, 60_000), [
      ...sorted.filter((neighbor) => neighbor >= 5000 && neighbor < 60_000),
    ])
    const bytes = graph.bytes
    const leaving = [...model]
    for (const neighbor of leaving.slice(0, -3)) expectEqual(graph.remove(1, neighbor), true)
    expectEqual(
      neighborsOf(graph, 1),
      leaving.slice(-3).sort((a, b) => a - b),
    )
    for (const neighbor of leaving) graph.add(2, neighbor)
    expect(graph.bytes).toBeLessThanOrEqual(bytes + 10 * 16 * 1024)
    expectEqual(neighborsOf(graph, 2), [...sorted])
  })

  test('a visitor may change what it visits', () => {
    const graph = new Adjacency()
    for (let neighbor = 0; neighbor < 3000; neighbor++) graph.add(1, neighbor)
    graph.forEach(1, (neighbor) => graph.remove(1, neighbor))
    expect(graph.degree(1)).toBe(0)
    expect(graph.edgeCount).toBe(0)
  })
})

/** Sparse nodes: blocks of neighbors with wide gaps between them. */
const nodeOf = (choice: number): number => (choice % 3) * 300_000 + Math.floor(choice / 3)

describe('any mix of operations', () => {
  const universe = fc.constantFrom(30, 400, 3_000_000, INDEX_MAX)

  test('leaves what the model says', () => {
    const run = fc.record({
      kind: fc.constantFrom('add' as const, 'add' as const, 'remove' as const, 'read' as const),
      node: fc.integer({ min: 0, max: 5 }).map(nodeOf),
      start: fc.nat(),
      step: fc.integer({ min: 1, max: 1_000_003 }),
      length: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 900 })),
    })
    fc.assert(
      fc.property(fc.array(run, { maxLength: 25, size: 'max' }), universe, (runs, below) => {
        const graph = new Adjacency()
        const model = new ModelGraph()
        for (const { kind, node, start, step, length } of runs) {
          for (let i = 0; i < length; i++) {
            const neighbor = (start + i * step) % below
            if (kind === 'add') expectEqual(graph.add(node, neighbor), model.add(node, neighbor))
            else if (kind === 'remove') {
              expectEqual(graph.remove(node, neighbor), model.remove(node, neighbor))
            } else if (i === 0) {
              const inRange = (each: number) => each >= neighbor && each < neighbor + step
              const expected = model.neighbors(node).filter(inRange)
              expectEqual(neighborsByPage(graph, node, neighbor, neighbor + step), expected)
            }
          }
        }
        expectSame(graph, model)
      }),
      { numRuns: 60 },
    )
  })

  test('leaves what the model says after 100,000 operations', () => {
    const seed = Date.now() >>> 0
    console.info(`adjacency: 100,000 operations with seed ${seed}`)
    const random = seeded(seed)
    const graph = new Adjacency()
    const model = new ModelGraph()
    for (let step = 0; step < 100_000; step++) {
      // Few nodes get most of the edges, as in a social graph; the mood swings between gain and loss.
      const node = nodeOf(Math.floor(200 * (random(1000) / 1000) ** 4))
      const neighbor = random(random(3) === 0 ? 1000 : 2_000_000) % (node === 0 ? 5000 : INDEX_MAX)
      const isGain = random(10) < (Math.floor(step / 20_000) % 2 === 0 ? 8 : 3)
      const known = isGain ? undefined : model.nodes.get(node)?.values().next().value
      if (isGain) expectEqual(graph.add(node, neighbor), model.add(node, neighbor))
      else {
        const leaving = known ?? neighbor
        expectEqual(graph.has(node, leaving), known !== undefined)
        expectEqual(graph.remove(node, leaving), model.remove(node, leaving))
      }
    }
    expectSame(graph, model)
  })
})

describe('two threads', () => {
  test('what one view writes the other reads, growth included', () => {
    const ours = new Adjacency()
    ours.add(1, 2)
    const theirs = Adjacency.attach(structuredClone(ours.share()))
    for (let node = 0; node < 2000; node++) {
      for (let i = 0; i < 30; i++) theirs.add(node * 50, i * 999)
    }
    expect(ours.degree(1999 * 50)).toBe(30)
    expect(neighborsOf(ours, 1999 * 50)).toEqual(Array.from({ length: 30 }, (_, i) => i * 999))
    expect(ours.add(1999 * 50, 5)).toBe(true)
    expect(theirs.has(1999 * 50, 5)).toBe(true)
  })

  test('a worker that reads while edges come and go sees each lasting neighbor once', async () => {
    const graph = new Adjacency()
    for (let i = 0; i < 5000; i++) graph.add(1, i * 10)
    const module = new URL('../../../../../shard/state/graph/adjacency.ts', import.meta.url).href
    const worker = new Worker(READING, {
      eval: true,
      workerData: { module, shared: graph.share() },
    })
    let isReading = true
    const report = once(worker, 'message').finally(() => {
      isReading = false
    })
    const random = seeded(11)
    while (isReading) {
      for (let i = 0; i < 200; i++) {
        const neighbor = 10 * random(5000) + 1 + random(9)
        if (random(2) === 0) graph.add(random(3), neighbor)
        else graph.remove(random(3), neighbor)
      }
      await new Promise(setImmediate)
    }
    expect((await report)[0]).toEqual([])
  })
})

/** Reads node 1 thirty times; multiples of ten are always there, ascending, the rest comes and goes. */
const READING = `
const { workerData, parentPort } = require('node:worker_threads')
import(workerData.module).then(({ Adjacency }) => {
  const graph = Adjacency.attach(workerData.shared)
  const wrong = []
  for (let round = 0; round < 30; round++) {
    let previous = -1
    let lasting = 0
    graph.forEach(1, (neighbor) => {
      if (neighbor <= previous) wrong.push('out of order: ' + neighbor)
      if (neighbor % 10 === 0) lasting++
      previous = neighbor
    })
    if (lasting !== 5000) wrong.push('lasting: ' + lasting)
  }
  parentPort.postMessage(wrong)
})
`
