// The audience of a tweet, against sets; and that delivery and rebuilding have the same idea of it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdGenerator, idEpochMs, idMax, type TweetId } from '../../../../../protocol/ids.ts'
import { Adjacency } from '../../../../../shard/state/graph/adjacency.ts'
import { ShardState } from '../../../../../shard/state/shard-state.ts'
import {
  type Audience,
  allOwners,
  audienceMax,
  forEachOfAudience,
  isForRepliedTo,
  readerOf,
} from '../../../../../shard/state/timelines/audience.ts'

const [author, repliedTo] = [90_000, 90_001]
const nobody = -1

function found(followers: Adjacency, audience: Audience, range = allOwners): number[] {
  const owners: number[] = []
  const chunk = new Uint32Array(16)
  forEachOfAudience(followers, { audience, range, chunk }, (count) => {
    expect(count).toBeGreaterThan(0)
    owners.push(...chunk.subarray(0, count))
  })
  return owners
}

const someUsers = fc.uniqueArray(fc.nat({ max: 400 }), { maxLength: 120 })
/** As of a celebrity: so many that they are searched for, or that all of them are decoded. */
const manyUsers = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 60_000 }))
  .map(([step, count]) => Array.from({ length: count }, (_, place) => place * step))

describe('the audience of a reply', () => {
  test('is who follows both, whichever list is longer, in ascending order', () => {
    const lists = fc.oneof(
      fc.tuple(someUsers, someUsers),
      fc.tuple(someUsers, manyUsers),
      fc.tuple(manyUsers, someUsers),
    )
    fc.assert(
      fc.property(lists, fc.nat(400), fc.nat(400), ([ones, others], from, length) => {
        const followers = new Adjacency()
        followers.addMany(author, Uint32Array.from(ones).sort())
        followers.addMany(repliedTo, Uint32Array.from(others).sort())
        const both = ones.filter((one) => others.includes(one)).sort((one, two) => one - two)
        const audience = { author, repliedTo }
        expect(found(followers, audience)).toEqual(both)
        const range = { from, to: from + length }
        const inside = both.filter((one) => one >= range.from && one < range.to)
        expect(found(followers, audience, range)).toEqual(inside)
        expect(both.length).toBeLessThanOrEqual(audienceMax(followers, audience))
      }),
      { numRuns: 60 },
    )
  })

  test('holds whoever is replied to, if they follow the author', () => {
    const followers = new Adjacency()
    const audience = { author, repliedTo }
    expect(isForRepliedTo(followers, audience)).toBe(false)
    followers.add(author, repliedTo)
    expect(isForRepliedTo(followers, audience)).toBe(true)
    expect(isForRepliedTo(followers, { author, repliedTo: nobody })).toBe(false)
  })
})

test('the audience of any other tweet is all who follow its author', () => {
  const followers = new Adjacency()
  const all = Array.from({ length: 100 }, (_, place) => place * 3)
  followers.addMany(author, Uint32Array.from(all))
  const audience = { author, repliedTo: nobody }
  expect(found(followers, audience)).toEqual(all)
  expect(found(followers, audience, { from: 10, to: 31 })).toEqual([12, 15, 18, 21, 24, 27, 30])
  expect(audienceMax(followers, audience)).toBe(100)
})

describe('who builds a timeline anew', () => {
  test('is told whom they follow, by the graph first and by a set once they ask for many', () => {
    const followees = [3, 7, 90]
    let askedCount = 0
    const has = (user: number, other: number): boolean => {
      askedCount++
      return user === author && followees.includes(other)
    }
    const { follows } = readerOf({ has }, author, followees)
    for (let round = 0; round < 20; round++) {
      expect([3, 4, 7, 89, 90].filter((other) => follows(other))).toEqual(followees)
    }
    expect(askedCount).toBeLessThan(10)
  })

  test('finds their own replies, and those to whom they follow, among thousands to others', () => {
    const state = new ShardState()
    state.host(1)
    const ids = new IdGenerator(1)
    let ms = idEpochMs + 1
    const newId = () => ids.next(++ms) as TweetId
    const [reader, bot, friend, stranger] = [0, 1, 2, 3].map(() =>
      state.users.index.intern(ids.next(++ms)),
    ) as [number, number, number, number]
    for (const followee of [bot, friend]) {
      state.follow(state.users.idOf(reader), state.users.idOf(followee))
    }
    const expected: number[] = []
    for (let number = 0; number < 3_000; number++) {
      const by = number % 100 === 0 ? reader : bot
      const to = number % 150 === 1 ? friend : stranger
      const id = newId()
      const entities = { mentions: [], hashtags: [], urls: [] }
      const authorId = state.users.idOf(by)
      state.tweets.put({ id, authorId, text: '', createdAt: ms, entities }, by, to)
      state.authored.insert(by, id)
      if (by === reader || to === friend) expected.unshift(id)
    }
    const out = new Float64Array(100)
    const count = state.readHome(reader, { before: idMax, limit: 100 }, out)
    expect([...out.subarray(0, count)]).toEqual(expected)
  })
})
