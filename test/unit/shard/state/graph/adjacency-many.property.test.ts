// Many edges of one node at a time, against the plainest model there is.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Adjacency } from '../../../../../shard/state/graph/adjacency.ts'
import { seeded } from '../seeded.ts'
import { expectEqual, expectSame, INDEX_MAX, ModelGraph, neighborsOf } from './model-graph.ts'

describe('many edges at a time', () => {
  test('are as good as one by one, before and after other changes', () => {
    const neighbors = fc.oneof(
      fc.uniqueArray(fc.nat(40)),
      fc.uniqueArray(fc.nat(INDEX_MAX), { maxLength: 400, size: 'max' }),
      fc.nat(5_000).map((count) => Array.from({ length: count }, (_, place) => place * 97)),
    )
    const step = fc.record({ node: fc.nat(3), neighbors, does: fc.constantFrom('many', 'remove') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const graph = new Adjacency()
        const model = new ModelGraph()
        for (const { node, neighbors, does } of steps) {
          if (does === 'remove') {
            for (const one of neighbors)
              expectEqual(graph.remove(node, one), model.remove(node, one))
            continue
          }
          const added = neighbors.filter((one) => model.add(node, one)).length
          expectEqual(graph.addMany(node, Uint32Array.from(neighbors).sort()), added)
        }
        expectSame(graph, model)
        for (const [node, set] of model.nodes) {
          for (const neighbor of set) expectEqual(graph.remove(node, neighbor), true)
        }
        expectEqual(graph.edgeCount, 0)
      }),
      { numRuns: 60 },
    )
  })

  test('build a tree of several levels that goes on growing and shrinking', () => {
    const graph = new Adjacency()
    const random = seeded(5)
    const model = new Set<number>()
    for (let round = 0; round < 3; round++) {
      const more = new Set(Array.from({ length: 60_000 }, () => random(30_000_000)))
      let added = 0
      for (const neighbor of more) if (model.size < model.add(neighbor).size) added++
      expect(graph.addMany(1, Uint32Array.from(more).sort())).toBe(added)
      for (const neighbor of [...model].slice(0, 20_000)) {
        model.delete(neighbor)
        expectEqual(graph.remove(1, neighbor), true)
      }
      const one = random(30_000_000)
      expectEqual(graph.add(1, one), model.size < model.add(one).size)
      expectEqual(neighborsOf(graph, 1), [...Uint32Array.from(model).sort()])
    }
  })

  test('refuse what is no index, and leave the graph as it was', () => {
    const graph = new Adjacency()
    expect(graph.addMany(1, Uint32Array.of())).toBe(0)
    expect(() => graph.addMany(1, Uint32Array.of(3, 2 ** 29))).toThrow(RangeError)
    expect(() => graph.addMany(2 ** 29, Uint32Array.of(3, 4))).toThrow(RangeError)
    expect([graph.edgeCount, graph.degree(1)]).toEqual([0, 0])
  })

  test('a part of an array is enough', () => {
    const graph = new Adjacency()
    expect(graph.addMany(1, Uint32Array.of(9, 1, 2, 3, 0), { from: 1, to: 4 })).toBe(3)
    expect(neighborsOf(graph, 1)).toEqual([1, 2, 3])
  })
})
