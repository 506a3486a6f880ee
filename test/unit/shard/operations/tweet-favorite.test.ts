import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('tweet.favorite', () => {
  test('each person counts once', () => {
    const { shard, alice, bob, tweetId } = world()
    expect(shard.ask(tweetFavoriteHandler, bob, { tweetId })).toEqual({ favorites: 1 })
    expect(shard.ask(tweetFavoriteHandler, alice, { tweetId })).toEqual({ favorites: 2 })
    const logged = shard.log.length
    expect(shard.ask(tweetFavoriteHandler, bob, { tweetId })).toEqual({ favorites: 2 })
    expect(shard.log).toHaveLength(logged)
    const { tweet } = shard.ask(tweetGetHandler, bob, { tweetId })
    expect(tweet).toMatchObject({ counts: { favorites: 2 }, viewer: { favorited: true } })
  })

  test('an unknown tweet is absent, a deleted one is not found', () => {
    const { shard, alice, bob, tweetId } = world()
    const unknown = shard.newId(13) as TweetId
    expect(shard.call(tweetFavoriteHandler, bob, { tweetId: unknown })).toEqual({
      kind: 'absent',
      partition: 13,
      field: 'tweetId',
    })
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(shard.call(tweetFavoriteHandler, bob, { tweetId })).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field: 'tweetId' },
    })
  })

  test('favorite and unfavorite of one person and tweet claim the same, others do not', () => {
    const { shard, alice, bob, tweetId } = world()
    const other = shard.post(alice, 'another')
    const claims = (actor: typeof bob, of: TweetId, handler = tweetFavoriteHandler) =>
      shard.prepare(handler, actor, { tweetId: of }).claims
    const back = tweetUnfavoriteHandler as unknown as typeof tweetFavoriteHandler
    expect(claims(bob, tweetId, back)).toEqual(claims(bob, tweetId))
    const all = [claims(bob, tweetId), claims(alice, tweetId), claims(bob, other)].flat()
    expect(new Set(all).size).toBe(3)
  })

  test('favorites that come before their tweet count as soon as it is there', () => {
    const shard = new OneShard({ hosts: ['bob'] })
    const [bob] = shard.signUp('bob')
    const [zoe, yan] = [shard.hearOf('zoe'), shard.hearOf('yan')]
    const tweetId = shard.newId(partitionOfId(zoe)) as TweetId
    shard.hear(tweetFavoriteHandler.operation, { actorId: yan, tweetId })
    shard.hear(tweetFavoriteHandler.operation, { actorId: zoe, tweetId })
    expect(shard.call(tweetFavoriteHandler, bob, { tweetId }).kind).toBe('absent')
    shard.hear(tweetPostHandler.operation, {
      tweetId,
      authorId: zoe,
      text: 'late',
      entities: { mentions: [], hashtags: [], urls: [] },
    })
    expect(shard.ask(tweetFavoriteHandler, bob, { tweetId })).toEqual({ favorites: 3 })
    // Whose favorites they are is known only where these people live.
    const marks = (user: typeof bob) =>
      shard.state.marks('favorites').length(shard.state.users.find(user))
    expect([bob, zoe, yan].map(marks)).toEqual([1, 0, 0])
  })

  test('a favorite of another process may come twice and be taken back: the sum is right', () => {
    const { shard, bob, tweetId } = world()
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(tweetUnfavoriteHandler, bob, { tweetId })
    expect(shard.ask(tweetFavoriteHandler, bob, { tweetId })).toEqual({ favorites: 1 })
  })

  test('a tweet that is deleted while the favorite becomes durable is answered all the same', () => {
    const { shard, alice, bob, tweetId } = world()
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    const favorite = shard.prepare(tweetFavoriteHandler, bob, { tweetId })
    expect(favorite.decide().kind).toBe('committed')
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(favorite.land()).toEqual({ kind: 'answered', answer: { favorites: 2 } })
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob, tweetId: shard.post(alice, 'hello') }
}
