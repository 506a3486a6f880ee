import { describe, expect, test } from 'vitest'
import { Collections } from '../../../../shard/state/collections.ts'

const card = { title: 'Chess', description: '', isPrivate: false, coverId: 0 }

describe('Collections', () => {
  test('a list keeps its users ascending, each once, in whatever order they come', () => {
    const { collections, listOf } = made()
    for (const user of [30, 10, 20, 10]) collections.put(7, user)
    expect(listOf(7)).toEqual([10, 20, 30])
    expect(
      [10, 15, 30, 31].map((user) => collections.has(collections.find('list', 7)!, user)),
    ).toEqual([true, false, true, false])
    collections.take(7, 20)
    collections.take(7, 20)
    expect(listOf(7)).toEqual([10, 30])
  })

  test('a moment keeps its tweets as they are put and moved', () => {
    const { collections, momentOf } = made()
    for (const [tweet, place] of [
      [50, undefined],
      [40, undefined],
      [60, 0],
      [70, 9],
    ] as const) {
      collections.put(8, tweet, place)
    }
    expect(momentOf(8)).toEqual([60, 50, 40, 70])
    collections.move(8, 70, 1)
    expect(momentOf(8)).toEqual([60, 70, 50, 40])
    collections.move(8, 60, 99)
    expect(momentOf(8)).toEqual([70, 50, 40, 60])
    collections.move(8, 1, 0)
    expect(momentOf(8)).toEqual([70, 50, 40, 60])
  })

  test('a cover that is taken out is none any more', () => {
    const { collections } = made()
    collections.put(8, 50)
    collections.edit(8, { coverId: 50 })
    collections.take(8, 50)
    expect(collections.find('moment', 8)?.coverId).toBe(0)
  })

  test('a deleted one is found no more, and changes to it pass', () => {
    const { collections } = made()
    collections.delete(7)
    for (const change of [
      () => collections.put(7, 1),
      () => collections.take(7, 1),
      () => collections.move(7, 1, 0),
      () => collections.edit(7, { title: 'Go' }),
      () => collections.delete(7),
    ]) {
      expect(change).not.toThrow()
    }
    expect(collections.find('list', 7)).toBeUndefined()
    expect(collections.owned('list').length(3)).toBe(0)
    expect(collections.size).toBe(1)
  })

  test('a list is found as a list alone', () => {
    const { collections } = made()
    expect(collections.find('moment', 7)).toBeUndefined()
    expect(collections.owned('moment').length(3)).toBe(1)
  })

  test('followers are counted before the collection is heard of, and below none for a moment', () => {
    const { collections } = made()
    collections.countFollower(99, -1)
    expect(collections.followersOf(99)).toBe(-1)
    collections.countFollower(99, 1)
    expect(collections.followersOf(99)).toBe(0)
  })
})

/** User 3 has list 7 and moment 8. */
function made() {
  const collections = new Collections()
  collections.create({ id: 7, kind: 'list', owner: 3, items: [], ...card })
  collections.create({ id: 8, kind: 'moment', owner: 3, items: [], ...card })
  const listOf = (id: number) => collections.find('list', id)?.items
  const momentOf = (id: number) => collections.find('moment', id)?.items
  return { collections, listOf, momentOf }
}
