import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('tweet.get', () => {
  test('a stranger sees the tweet and its author, without flags', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const tweetId = shard.post(alice, 'hello')
    const { tweet, users } = shard.ask(tweetGetHandler, stranger, { tweetId })
    expect(tweet).toMatchObject({ id: tweetId, authorId: alice, text: 'hello' })
    expect(tweet.viewer).toBeUndefined()
    expect(users).toMatchObject([{ id: alice, counts: { tweets: 1 } }])
    expect(users[0]?.viewer).toBeUndefined()
  })

  test('whoever is signed in sees their own favorite and whether they follow the author', () => {
    const shard = new OneShard()
    const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
    const tweetId = shard.post(alice, 'hello')
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(userFollowHandler, bob, { userId: alice })
    const his = shard.ask(tweetGetHandler, bob, { tweetId })
    expect(his.tweet).toMatchObject({ counts: { favorites: 1 }, viewer: { favorited: true } })
    expect(his.users).toMatchObject([{ viewer: { following: true } }])
    const hers = shard.ask(tweetGetHandler, carol, { tweetId })
    expect(hers.tweet).toMatchObject({ counts: { favorites: 1 }, viewer: { favorited: false } })
    expect(hers.users).toMatchObject([{ viewer: { following: false } }])
  })

  test('the author sees flags at the tweet and none at themselves', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const tweetId = shard.post(alice, 'hello')
    const { tweet, users } = shard.ask(tweetGetHandler, alice, { tweetId })
    expect(tweet.viewer).toEqual({ favorited: false, retweeted: false, bookmarked: false })
    expect(users[0]?.viewer).toBeUndefined()
  })

  test('an unknown tweet is absent from the partition that its id names', () => {
    const shard = new OneShard()
    const tweetId = shard.newId(11) as TweetId
    expect(shard.call(tweetGetHandler, stranger, { tweetId })).toEqual({
      kind: 'absent',
      partition: 11,
      field: 'tweetId',
    })
  })

  test('a tweet of which only a favorite has come is absent, too', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const zoe = shard.hearOf('zoe')
    const tweetId = shard.newId(11) as TweetId
    shard.hear(tweetFavoriteHandler.operation, { actorId: zoe, tweetId })
    expect(shard.call(tweetGetHandler, alice, { tweetId }).kind).toBe('absent')
  })

  test('I5: a deleted tweet is not found, and nobody else has to be asked', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const tweetId = shard.post(alice, 'oops')
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    for (const reader of [stranger, alice]) {
      expect(shard.call(tweetGetHandler, reader, { tweetId })).toMatchObject({
        kind: 'failed',
        error: { code: 'not_found', retry: 'never', field: 'tweetId' },
      })
    }
  })
})
