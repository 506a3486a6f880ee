import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { idMax } from '../../../../protocol/ids.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { accountExportHandler } from '../../../../shard/operations/account-export.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { eraseAll } from '../../../helpers/leaving.ts'
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

  test('an unknown tweet is absent, a deleted one without a favorite is not found', () => {
    const { shard, alice, bob, tweetId } = world()
    const unknown = shard.newId(13) as TweetId
    const absent = { kind: 'absent', partition: 13, field: 'tweetId' }
    expect(shard.call(tweetUnfavoriteHandler, bob, { tweetId: unknown })).toEqual(absent)
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(shard.call(tweetUnfavoriteHandler, bob, { tweetId })).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field: 'tweetId' },
    })
  })

  test('a favorite of a tweet that was deleted, or erased with its author, is taken back', () => {
    const { shard, alice, bob, tweetId } = world()
    const other = shard.post(alice, 'another')
    for (const id of [tweetId, other]) shard.ask(tweetFavoriteHandler, bob, { tweetId: id })
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(shard.ask(tweetUnfavoriteHandler, bob, { tweetId })).toEqual({ favorites: 0 })
    expect(marksOf(shard, bob)).toEqual([other])
    shard.ask(accountDeleteHandler, alice, { password: 'secret of alice' })
    eraseAll(shard, alice)
    expect(shard.ask(tweetUnfavoriteHandler, bob, { tweetId: other })).toEqual({ favorites: 0 })
    expect(marksOf(shard, bob)).toEqual([])
    expect(shard.state.favoriteOrder.length(shard.state.users.find(bob))).toBe(0)
    const again = shard.call(tweetUnfavoriteHandler, bob, { tweetId })
    expect(again).toMatchObject({ kind: 'absent', field: 'tweetId' })
    shard.expectRecovery((partitions) => partitions)
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('of a tweet that was not heard of yet it waits, as its author has to be told', () => {
    const { shard, bob } = world()
    const tweetId = shard.newId(13) as TweetId
    const { marked, users } = shard.state
    marked.add('favorites', users.find(bob), tweetId)
    const absent = { kind: 'absent', partition: 13, field: 'tweetId' }
    expect(shard.call(tweetUnfavoriteHandler, bob, { tweetId })).toEqual(absent)
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

/** What the export of an account says of its favorites. */
function marksOf(shard: OneShard, user: UserId): readonly number[] | undefined {
  return shard.ask(accountExportHandler, user, { cursor: `favorites:${idMax}` }).ids
}

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob, tweetId: shard.post(alice, 'hello') as TweetId }
}
