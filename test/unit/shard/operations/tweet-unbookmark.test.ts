import { describe, expect, test } from 'vitest'
import { bookmarksListHandler } from '../../../../shard/operations/bookmarks-list.ts'
import { tweetBookmarkHandler } from '../../../../shard/operations/tweet-bookmark.ts'
import { tweetUnbookmarkHandler } from '../../../../shard/operations/tweet-unbookmark.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('tweet.unbookmark', () => {
  test('takes away the own bookmark only', () => {
    const { shard, alice, bob, tweetId } = world()
    shard.ask(tweetBookmarkHandler, alice, { tweetId })
    shard.ask(tweetBookmarkHandler, bob, { tweetId })
    expect(shard.ask(tweetUnbookmarkHandler, bob, { tweetId })).toEqual({})
    const kept = (reader: typeof bob) => shard.ask(bookmarksListHandler, reader, {}).tweets.length
    expect(kept(alice)).toBe(1)
    expect(kept(bob)).toBe(0)
  })

  test('whoever has none is answered, and nothing is logged', () => {
    const { shard, bob, tweetId } = world()
    const logged = shard.log.length
    expect(shard.ask(tweetUnbookmarkHandler, bob, { tweetId })).toEqual({})
    expect(shard.log).toHaveLength(logged)
  })

  test('it claims what a bookmark of the same tweet claims', () => {
    const { shard, bob, tweetId } = world()
    const add = shard.prepare(tweetBookmarkHandler, bob, { tweetId }).claims
    const remove = shard.prepare(tweetUnbookmarkHandler, bob, { tweetId }).claims
    expect(remove).toEqual(add)
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob, tweetId: shard.post(alice, 'keep me') }
}
