import { describe, expect, test } from 'vitest'
import { firstIdAt, idMax } from '../../../../protocol/ids.ts'
import type { View } from '../../../../shard/operations/implement.ts'
import { newestNeighbors } from '../../../../shard/operations/user-list.ts'
import { Adjacency } from '../../../../shard/state/graph/adjacency.ts'
import { Users } from '../../../../shard/state/users/users.ts'
import { seeded } from '../state/seeded.ts'

/** Counts the neighbors that are read. */
class CountedEdges extends Adjacency {
  looks = 0

  override copyTo(...asked: Parameters<Adjacency['copyTo']>): number {
    const count = super.copyTo(...asked)
    this.looks += count
    return count
  }
}

const partitions = 16

/** The ids of so many users, one of them each millisecond, in the order of their sign-ups. */
function idsOf(count: number): number[] {
  const start = Date.UTC(2026, 3, 1)
  return Array.from({ length: count }, (_, n) => firstIdAt(start + n) + (n % partitions) * 16)
}

/** One whom some of these users follow, who came to be known in this order. */
function followed(known: readonly number[], follows: (id: number) => boolean) {
  const users = new Users()
  const edges = new CountedEdges()
  for (const id of known) {
    const user = users.index.intern(id)
    if (follows(id)) edges.add(0, user)
  }
  const view = { users } as unknown as View
  const page = (before: number, limit: number) =>
    newestNeighbors(view, { edges, node: 0, before, limit })
  return { edges, page }
}

describe('the newest of very many neighbors', () => {
  test('are the same in whatever order they came to be known', () => {
    const random = seeded(7)
    const ids = idsOf(12_000)
    const mixed = [...ids]
    for (let at = mixed.length - 1; at > 0; at--) {
      const other = random(at + 1)
      const [one, two] = [mixed[at]!, mixed[other]!]
      mixed[at] = two
      mixed[other] = one
    }
    const chosen = new Set(ids.filter(() => random(10) < 6))
    const newest = ids.filter((id) => chosen.has(id)).reverse()
    for (const known of [ids, [...ids].reverse(), mixed]) {
      const { page } = followed(known, (id) => chosen.has(id))
      for (const limit of [1, 20, 100]) {
        for (const before of [idMax, ids[11_990]!, ids[5_000]!, ids[30]!, ids[0]!]) {
          const expected = newest.filter((id) => id < before).slice(0, limit + 1)
          expect(page(before, limit)).toEqual(expected)
        }
      }
    }
  })

  test('cost a page of looks, not one at each of them, wherever the page begins', () => {
    const ids = idsOf(100_000)
    const { edges, page } = followed(ids, () => true)
    for (const before of [idMax, ids[99_000]!, ids[50_000]!, ids[500]!]) {
      edges.looks = 0
      expect(page(before, 100)).toHaveLength(101)
      expect(edges.looks).toBeLessThanOrEqual(2 * partitions * 256)
    }
  })
})
