import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('tweet.unfavorite', () => {
  test('takes back one favorite, the own one', () => {
    const { shard, alice, bob, tweetId } = world()
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    expect(shard.ask(tweetUnfavoriteHandler, bob, { tweetId })).toEqual({ favorites: 1 })
    const flag = (reader: typeof bob) =>
      shard.ask(tweetGetHandler, reader, { tweetId }).tweet.viewer?.favorited
    expect(flag(alice)).toBe(true)
    expect(flag(bob)).toBe(false)
  })

  test('whoever has none is answered the count, and nothing is logged', () => {
    const { shard, alice, bob, tweetId } = world()
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    const logged = shard.log.length
    expect(shard.ask(tweetUnfavoriteHandler, bob, { tweetId })).toEqual({ favorites: 1 })
    expect(shard.log).toHaveLength(logged)
  })

  test('an unknown tweet is absent, a deleted one is not found', () => {
    const { shard, alice, bob, tweetId } = world()
    const unknown = shard.newId(13) as TweetId
    const absent = { kind: 'absent', partition: 13, field: 'tweetId' }
    expect(shard.call(tweetUnfavoriteHandler, bob, { tweetId: unknown })).toEqual(absent)
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(shard.call(tweetUnfavoriteHandler, bob, { tweetId })).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field: 'tweetId' },
    })
  })

  test('two requests of one person claim the same', () => {
    const { shard, alice, bob, tweetId } = world()
    const claims = (actor: typeof bob) =>
      shard.prepare(tweetUnfavoriteHandler, actor, { tweetId }).claims
    expect(claims(bob)).toEqual(claims(bob))
    expect(claims(bob)).not.toEqual(claims(alice))
  })

  test('a tweet that is deleted meanwhile is answered all the same', () => {
    const { shard, alice, bob, tweetId } = world()
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    const unfavorite = shard.prepare(tweetUnfavoriteHandler, bob, { tweetId })
    expect(unfavorite.decide().kind).toBe('committed')
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(unfavorite.land()).toEqual({ kind: 'answered', answer: { favorites: 1 } })
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob, tweetId: shard.post(alice, 'hello') as TweetId }
}
