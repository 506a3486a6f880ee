import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('tweet.delete', () => {
  test('answers what was deleted, as it was a moment before', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(alice, 'typo')
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    const { tweet, users } = shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(tweet).toMatchObject({ id: tweetId, text: 'typo', viewer: { favorited: true } })
    expect(tweet.counts).toEqual({ favorites: 2, retweets: 0, replies: 0 })
    expect(users).toMatchObject([{ id: alice }])
  })

  test('I5: it is gone from every timeline, and the author has one tweet less', () => {
    const { shard, alice, bob } = world()
    shard.ask(userFollowHandler, bob, { userId: alice })
    const kept = shard.post(alice, 'kept')
    const tweetId = shard.post(alice, 'typo')
    expect(home(shard, bob)).toEqual([tweetId, kept])
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(home(shard, bob)).toEqual([kept])
    expect(home(shard, alice)).toEqual([kept])
    const page = shard.ask(timelineUserHandler, stranger, { userId: alice })
    expect(page.tweets.map(({ id }) => id)).toEqual([kept])
    expect(page.users).toMatchObject([{ id: alice, counts: { tweets: 1 } }])
  })

  test('I5: it does not come back with a new follow, nor when a timeline is built anew', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(alice, 'typo')
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    shard.ask(userFollowHandler, bob, { userId: alice })
    expect(home(shard, bob)).toEqual([])
    shard.state.dropTimeline(shard.state.users.find(alice))
    expect(home(shard, alice)).toEqual([])
  })

  test('a deleted reply does not count any more, also where what it answered is gone', () => {
    const { shard, alice, bob } = world()
    const question = shard.post(alice, 'why?')
    const [first, second] = ['a', 'b'].map((text) => shard.post(bob, text, { inReplyTo: question }))
    shard.ask(tweetDeleteHandler, bob, { tweetId: first as TweetId })
    const { tweet } = shard.ask(tweetGetHandler, stranger, { tweetId: question })
    expect(tweet.counts.replies).toBe(1)
    shard.ask(tweetDeleteHandler, alice, { tweetId: question })
    const deleted = shard.ask(tweetDeleteHandler, bob, { tweetId: second as TweetId })
    expect(deleted.tweet).toMatchObject({ inReplyTo: question })
  })

  test('a second time finds nothing, and logs nothing', () => {
    const { shard, alice } = world()
    const tweetId = shard.post(alice, 'typo')
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    const logged = shard.log.length
    expect(shard.call(tweetDeleteHandler, alice, { tweetId })).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field: 'tweetId' },
    })
    expect(shard.log).toHaveLength(logged)
  })

  test('nobody deletes what is not theirs', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(alice, 'mine')
    expect(shard.call(tweetDeleteHandler, bob, { tweetId })).toMatchObject({
      kind: 'failed',
      error: { code: 'forbidden', field: 'tweetId' },
    })
    expect(shard.ask(tweetGetHandler, bob, { tweetId }).tweet.text).toBe('mine')
  })

  test('an unknown tweet is absent', () => {
    const { shard, alice } = world()
    const tweetId = shard.newId(2) as TweetId
    expect(shard.call(tweetDeleteHandler, alice, { tweetId })).toEqual({
      kind: 'absent',
      partition: 2,
      field: 'tweetId',
    })
  })

  test('two deletes of one tweet claim the same', () => {
    const { shard, alice } = world()
    const [one, two] = [shard.post(alice, '1'), shard.post(alice, '2')]
    const claims = (tweetId: TweetId) =>
      shard.prepare(tweetDeleteHandler, alice, { tweetId }).claims
    expect(claims(one)).toEqual(claims(one))
    expect(claims(one)).not.toEqual(claims(two))
  })

  test('sockets that were shown it are told that it is gone; others are not', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(alice, 'typo')
    const { state } = shard
    for (const slot of [7, 8]) {
      shard.live.subscriptionsOf(shard.gateway, slot)?.subscribe(state.users.find(bob))
    }
    shard.ask(tweetGetHandler, bob, { tweetId }, { slot: 8 })
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(shard.gateway.take()).toEqual([{ name: 'tweet.deleted', slots: [8], data: { tweetId } }])
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob }
}

function home(shard: OneShard, reader: UserId): number[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
