import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { OneShard } from '../../../helpers/one-shard.ts'
import { idOf } from './seeded.ts'

const here = 1
const elsewhere = 2
const user = (partition: number, ms: number) => idOf({ ms, partition }) as UserId

describe('the state of a shard', () => {
  test('knows whom it hosts by the partition in the id', () => {
    const state = new ShardState()
    state.host(here)
    expect(state.isHosted(user(here, 5))).toBe(true)
    expect(state.isHosted(user(elsewhere, 5))).toBe(false)
  })

  test('an edge is kept where one of its ends is hosted; counts are kept for everybody', () => {
    const state = new ShardState()
    state.host(here)
    const [ada, bob] = [user(here, 1), user(here, 2)]
    const [yan, zoe] = [user(elsewhere, 1), user(elsewhere, 2)]
    for (const [follower, followee] of [
      [ada, bob],
      [ada, zoe],
      [zoe, ada],
      [yan, zoe],
    ] as const) {
      state.follow(follower, followee)
    }
    const degrees = (of: UserId) => {
      const index = state.users.index.intern(of)
      return {
        followers: state.followers.degree(index),
        followings: state.followings.degree(index),
        counts: [state.users.followers.get(index), state.users.following.get(index)],
      }
    }
    expect(degrees(ada)).toEqual({ followers: 1, followings: 2, counts: [1, 2] })
    expect(degrees(bob)).toEqual({ followers: 1, followings: 0, counts: [1, 0] })
    expect(degrees(zoe)).toEqual({ followers: 1, followings: 0, counts: [2, 1] })
    expect(degrees(yan)).toEqual({ followers: 0, followings: 0, counts: [0, 1] })
    state.unfollow(ada, zoe)
    state.unfollow(yan, zoe)
    expect(degrees(zoe)).toEqual({ followers: 0, followings: 0, counts: [0, 1] })
  })

  test('the largest id of each partition is known to a later primary', () => {
    const state = new ShardState()
    const [older, newer] = [user(here, 1), user(here, 2)]
    state.noteIssuedId(newer)
    state.noteIssuedId(older)
    expect(state.lastIssuedId(here)).toBe(newer)
    expect(state.lastIssuedId(elsewhere)).toBe(0)
  })

  test('a delivery finds those who are online: followers who live here, and the author', () => {
    const state = new ShardState()
    state.host(here)
    const author = user(here, 1)
    const followers = Array.from({ length: 100 }, (_, number) => user(here, number + 10))
    for (const follower of followers) state.follow(follower, author)
    const indexes = followers.map((follower) => state.users.index.intern(follower))
    const authorIndex = state.users.index.intern(author)
    state.deliver(authorIndex, idOf({ ms: 500 }))
    expect(state.recipients).toEqual([])
    for (const index of [authorIndex, ...indexes.slice(0, 80)]) state.online.set(index, 1)
    state.deliver(authorIndex, idOf({ ms: 501 }))
    expect(new Set(state.recipients)).toEqual(new Set([authorIndex, ...indexes.slice(0, 80)]))
    expect(state.recipients).toHaveLength(81)
  })

  test('a delivery is counted for each timeline that was there to take it', () => {
    const state = new ShardState()
    state.host(here)
    const [author, reader] = [user(here, 1), user(here, 2)]
    state.follow(reader, author)
    const [authorIndex, readerIndex] = [author, reader].map((id) => state.users.index.intern(id))
    state.deliver(authorIndex!, idOf({ ms: 500 }))
    expect(state.timelines.deliveryCounts.inline).toBe(0)
    const out = new Float64Array(10)
    for (const index of [authorIndex!, readerIndex!]) {
      state.readHome(index, { before: Number.MAX_SAFE_INTEGER, limit: 10 }, out)
    }
    state.deliver(authorIndex!, idOf({ ms: 501 }))
    expect(state.timelines.deliveryCounts.inline).toBe(2)
    expect(state.timelines.bytes).toBeGreaterThan(0)
  })

  test('each partition remembers its own retries', () => {
    const state = new ShardState()
    const attempt = { operation: 0x20, actor: 1, operationId: 'x' }
    state.remembered(here).remember({ ...attempt, result: 5, timeMs: 0 })
    expect(state.remembered(here).resultOf(attempt)).toBe(5)
    expect(state.remembered(elsewhere).resultOf(attempt)).toBeUndefined()
  })
})

test('I7: the logs of the partitions may be read in any order: every read answers the same', () => {
  const step = fc.record({
    does: fc.constantFrom(
      'follow',
      'unfollow',
      'post',
      'reply',
      'delete',
      'favorite',
      'unfavorite',
    ),
    who: fc.nat(2),
    which: fc.nat(20),
  })
  const shuffled = fc.infiniteStream(fc.nat(1_000))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), shuffled, (steps, chance) => {
      const shard = new OneShard()
      const people = shard.signUp('alice', 'bob', 'carol')
      const tweets: TweetId[] = []
      for (const { does, who, which } of steps) {
        const actor = people[who]!
        const userId = people[which % people.length]!
        const tweetId = tweets[which % Math.max(1, tweets.length)]
        if (does === 'follow') shard.call(userFollowHandler, actor, { userId })
        else if (does === 'unfollow') shard.call(userUnfollowHandler, actor, { userId })
        else if (does === 'post') tweets.push(shard.post(actor, `tweet ${which}`))
        else if (tweetId === undefined) continue
        else if (does === 'delete') shard.call(tweetDeleteHandler, actor, { tweetId })
        else if (does === 'favorite') shard.call(tweetFavoriteHandler, actor, { tweetId })
        else if (does === 'unfavorite') shard.call(tweetUnfavoriteHandler, actor, { tweetId })
        else if (shard.state.tweets.find(tweetId) >= 0) {
          tweets.push(shard.post(actor, 'reply', { inReplyTo: tweetId }))
        }
      }
      shard.expectRecovery((partitions) => {
        const weights = new Map(partitions.map((one) => [one, chance.next().value as number]))
        return [...partitions].sort((left, right) => weights.get(left)! - weights.get(right)!)
      })
    }),
    { numRuns: 20 },
  )
})
