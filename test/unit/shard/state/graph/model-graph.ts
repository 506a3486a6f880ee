// The plainest follow graph there is, a set of neighbors for each node: what Adjacency is compared with.

import { expect } from 'vitest'
import type { Adjacency } from '../../../../../shard/state/graph/adjacency.ts'

export const INDEX_MAX = 2 ** 29 - 1

export class ModelGraph {
  readonly nodes = new Map<number, Set<number>>()

  neighbors(node: number): number[] {
    return [...(this.nodes.get(node) ?? [])].sort((a, b) => a - b)
  }

  add(node: number, neighbor: number): boolean {
    const set = this.nodes.get(node) ?? new Set()
    this.nodes.set(node, set)
    return set.size < set.add(neighbor).size
  }

  remove(node: number, neighbor: number): boolean {
    return this.nodes.get(node)?.delete(neighbor) ?? false
  }

  get edgeCount(): number {
    let sum = 0
    for (const set of this.nodes.values()) sum += set.size
    return sum
  }
}

export function neighborsOf(graph: Adjacency, node: number): number[] {
  const seen: number[] = []
  graph.forEach(node, (neighbor) => seen.push(neighbor))
  return seen
}

/** Reads by pages, as a caller with little room does. */
export function neighborsByPage(
  graph: Adjacency,
  node: number,
  from: number,
  to: number,
): number[] {
  const out = new Uint32Array(37)
  const seen: number[] = []
  for (let next = from; ; ) {
    const count = graph.copyTo(node, { from: next, to }, out)
    seen.push(...out.subarray(0, count))
    if (count < out.length) return seen
    next = out[count - 1]! + 1
  }
}

export function expectSame(graph: Adjacency, model: ModelGraph): void {
  expect(graph.edgeCount).toBe(model.edgeCount)
  for (const node of model.nodes.keys()) {
    const expected = model.neighbors(node)
    expect(graph.degree(node)).toBe(expected.length)
    expect(neighborsOf(graph, node)).toEqual(expected)
  }
}

/** `expect` itself takes longer than the operation, so it is called only to report a difference. */
export function expectEqual(actual: unknown, expected: unknown): void {
  if (String(actual) !== String(expected)) expect(actual).toEqual(expected)
}
