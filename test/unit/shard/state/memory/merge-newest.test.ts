import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdLists } from '../../../../../shard/state/memory/id-lists.ts'
import { mergeNewest, NewestOfMany } from '../../../../../shard/state/memory/merge-newest.ts'

function merged(lists: readonly (readonly number[])[], limit: number): number[] {
  const all = new IdLists()
  lists.forEach((ids, owner) => {
    for (const id of ids) all.insert(owner, id)
  })
  const out = new Float64Array(limit)
  const owners = lists.map((_, owner) => owner)
  return [...out.subarray(0, mergeNewest(all, owners, limit, out))]
}

test('what is not wanted is passed over, however much that is, and older ids take its place', () => {
  const lists = new IdLists()
  for (let id = 1; id <= 3_000; id++) lists.insert(id % 3, id)
  const out = new Float64Array(5)
  const keepHundreds = (ids: Float64Array, count: number): number => {
    const kept = ids.slice(0, count).filter((id) => id % 500 === 0)
    ids.set(kept)
    return kept.length
  }
  expect(mergeNewest(lists, [0, 1, 2], 5, out, keepHundreds)).toBe(5)
  expect([...out]).toEqual([1_000, 1_500, 2_000, 2_500, 3_000])
  expect(mergeNewest(lists, [0], 5, out, keepHundreds)).toBe(2)
  expect([...out.subarray(0, 2)]).toEqual([1_500, 3_000])
})

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

test('NewestOfMany gives all ids below one, newest first, in pieces of any size', () => {
  const ids = fc.uniqueArray(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 300 })), {
    selector: ([, id]) => id,
    maxLength: 80,
  })
  const pieces = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 301 }), pieces, (drawn, before, sizes) => {
      const lists = new IdLists()
      for (const [owner, id] of drawn) lists.insert(owner, id)
      const many = new NewestOfMany(lists, [0, 1, 2, 3], before)
      const found: number[] = []
      const out = new Float64Array(20)
      for (let turn = 0; ; turn++) {
        const limit = sizes[turn % sizes.length]!
        const count = many.read(limit, out)
        found.push(...out.subarray(0, count))
        if (count < limit) break
      }
      const wanted = drawn.filter(([owner, id]) => owner < 4 && id < before).map(([, id]) => id)
      expect(found).toEqual(wanted.sort((left, right) => right - left))
    }),
  )
})
