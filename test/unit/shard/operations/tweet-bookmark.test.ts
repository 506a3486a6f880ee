import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { tweetBookmarkHandler } from '../../../../shard/operations/tweet-bookmark.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('tweet.bookmark', () => {
  test('is seen by the actor and by nobody else', () => {
    const { shard, alice, bob, tweetId } = world()
    expect(shard.ask(tweetBookmarkHandler, bob, { tweetId })).toEqual({})
    const flag = (reader: typeof bob) =>
      shard.ask(tweetGetHandler, reader, { tweetId }).tweet.viewer?.bookmarked
    expect(flag(bob)).toBe(true)
    expect(flag(alice)).toBe(false)
  })

  test('a second time is answered, and nothing is logged', () => {
    const { shard, bob, tweetId } = world()
    shard.ask(tweetBookmarkHandler, bob, { tweetId })
    const logged = shard.log.length
    expect(shard.ask(tweetBookmarkHandler, bob, { tweetId })).toEqual({})
    expect(shard.log).toHaveLength(logged)
  })

  test('an unknown tweet is absent, a deleted one is not found', () => {
    const { shard, alice, bob, tweetId } = world()
    const unknown = shard.newId(13) as TweetId
    const absent = { kind: 'absent', partition: 13, field: 'tweetId' }
    expect(shard.call(tweetBookmarkHandler, bob, { tweetId: unknown })).toEqual(absent)
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(shard.call(tweetBookmarkHandler, bob, { tweetId })).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field: 'tweetId' },
    })
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob, tweetId: shard.post(alice, 'keep me') }
}
