// A user's retweet among the tweets of the user and the retweets of the original, against a look at all of them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { View } from '../../../../shard/operations/implement.ts'
import { findOwnRetweet } from '../../../../shard/operations/own-retweet.ts'
import { IdLists } from '../../../../shard/state/memory/id-lists.ts'

const user = 3
const original = 8

/** Two lists of these lengths with ids of their own, of which every so many lie close together. */
function listsOf(given: { own: number; all: number; gap: number }) {
  const authored = new IdLists()
  const retweetsOf = new IdLists()
  for (let number = 1; number <= given.own; number++) authored.insert(user, number * given.gap * 3)
  for (let number = 1; number <= given.all; number++) retweetsOf.insert(original, number * 30 + 1)
  const view = { authored, retweetsOf } as unknown as View
  const put = (id: number): void => {
    authored.insert(user, id)
    retweetsOf.insert(original, id)
  }
  return { view, put, find: () => findOwnRetweet(view, { user, original }) }
}

const anyLength = fc.oneof(fc.nat(3), fc.integer({ min: 500, max: 1_100 }), fc.nat(5_000))

describe('the own retweet of a tweet', () => {
  test('is found wherever it lies in the two lists, however long each is', () => {
    const lists = fc.record({
      own: anyLength,
      all: anyLength,
      gap: fc.integer({ min: 1, max: 40 }),
    })
    fc.assert(
      fc.property(lists, fc.nat(200_000), (given, at) => {
        const { put, find } = listsOf(given)
        // Of neither list's own ids, which are 0 and 1 modulo 3.
        const id = at * 3 + 2
        put(id)
        expect(find()).toBe(id)
      }),
      { numRuns: 100 },
    )
  })

  test('is an error where there is none, as the marks have said that there is', () => {
    for (const given of [
      { own: 0, all: 0, gap: 1 },
      { own: 1_000, all: 1_000, gap: 7 },
      { own: 10, all: 3_000, gap: 7 },
      { own: 3_000, all: 0, gap: 7 },
    ]) {
      expect(() => listsOf(given).find(), JSON.stringify(given)).toThrow('has not retweeted')
    }
  })
})
