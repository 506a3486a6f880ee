import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdLists } from '../../../../shard/state/id-lists.ts'
import { mergeNewest } from '../../../../shard/state/merge-newest.ts'

function merged(lists: readonly (readonly number[])[], limit: number): number[] {
  const all = new IdLists()
  lists.forEach((ids, owner) => {
    for (const id of ids) all.insert(owner, id)
  })
  const out = new Float64Array(limit)
  const owners = lists.map((_, owner) => owner)
  return [...out.subarray(0, mergeNewest(all, owners, limit, out))]
}

describe('the newest ids of many lists', () => {
  test('are those that sorting everything would give, the oldest of them first', () => {
    const lists = fc
      .uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 60 })
      .chain((ids) => fc.tuple(fc.constant(ids), fc.array(fc.nat(5), { minLength: ids.length })))
      .map(([ids, owners]) =>
        Array.from({ length: 6 }, (_, owner) =>
          ids.filter((_id, place) => owners[place] === owner),
        ),
      )
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 70 }), (drawn, limit) => {
        const sorted = drawn.flat().sort((left, right) => left - right)
        expect(merged(drawn, limit)).toEqual(sorted.slice(-limit))
      }),
    )
  })

  test('of one list are its end', () => {
    expect(merged([[5, 3, 9, 1]], 2)).toEqual([5, 9])
  })

  test('of nobody, and of people who never wrote, are none', () => {
    expect(merged([], 3)).toEqual([])
    expect(merged([[], [], []], 3)).toEqual([])
  })

  test('leave what is not theirs in a larger array as it is', () => {
    const lists = new IdLists()
    for (const id of [1, 2, 3]) lists.insert(7, id)
    const out = new Float64Array(6).fill(-1)
    expect(mergeNewest(lists, [7], 4, out)).toBe(3)
    expect([...out.subarray(0, 3)]).toEqual([1, 2, 3])
    expect([...out.subarray(4)]).toEqual([-1, -1])
  })
})
