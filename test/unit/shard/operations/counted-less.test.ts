// What a deletion takes from the counts of another tweet is told to those who show that one.

import { expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetRemoveHandler } from '../../../../shard/operations/tweet-remove.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { eraseAll } from '../../../helpers/leaving.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

test('the deletion of a reply, by its author or an operator', () => {
  const { shard, bob, tweetId, counts } = shown()
  const replies = ['one', 'two'].map((text) => shard.post(bob, text, { inReplyTo: tweetId }))
  const [one, two] = replies as [TweetId, TweetId]
  expect(counts()).toEqual([{ tweetId, favorites: 0, retweets: 0, replies: 2 }])
  shard.ask(tweetDeleteHandler, bob, { tweetId: one })
  expect(counts()).toEqual([{ tweetId, favorites: 0, retweets: 0, replies: 1 }])
  shard.ask(tweetRemoveHandler, stranger, { tweetId: two, by: 'moira', reason: 'spam' })
  expect(counts()).toEqual([{ tweetId, favorites: 0, retweets: 0, replies: 0 }])
})

test('the deletion of a retweet', () => {
  const { shard, bob, tweetId, counts } = shown()
  const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId })
  expect(counts()).toMatchObject([{ tweetId, retweets: 1 }])
  shard.ask(tweetDeleteHandler, bob, { tweetId: retweetId })
  expect(counts()).toEqual([{ tweetId, favorites: 0, retweets: 0, replies: 0 }])
})

test('the erasure of an account that replied and retweeted', () => {
  const { shard, bob, tweetId, counts, show } = shown()
  const other = shard.post(bob, 'of bob')
  const retweeted = shard.post(shard.signUp('dora')[0], 'of dora')
  show(retweeted)
  for (const inReplyTo of [tweetId, tweetId, other]) shard.post(bob, 'a reply', { inReplyTo })
  shard.ask(tweetRetweetHandler, bob, { tweetId: retweeted })
  expect(counts()).toHaveLength(2)
  shard.ask(accountDeleteHandler, bob, { password: 'secret of bob' })
  eraseAll(shard, bob)
  const none = { favorites: 0, retweets: 0, replies: 0 }
  const told = counts()
  expect(told).toHaveLength(2)
  expect(told).toContainEqual({ tweetId, ...none })
  expect(told).toContainEqual({ tweetId: retweeted, ...none })
})

test('a deletion that no other tweet counts tells nobody of counts', () => {
  const { shard, bob, counts } = shown()
  shard.ask(tweetDeleteHandler, bob, { tweetId: shard.post(bob, 'alone') })
  expect(counts()).toEqual([])
})

/** Carol looks at a tweet of alice; `counts` gives the counts that she is told of. */
function shown(): {
  shard: OneShard
  bob: UserId
  tweetId: TweetId
  show: (tweetId: TweetId) => void
  counts: () => unknown[]
} {
  const shard = new OneShard()
  const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
  const tweetId = shard.post(alice, 'root')
  shard.ask(liveSubscribeHandler, carol, { channel: 'home' }, { slot: 1 })
  const show = (id: TweetId) => void shard.ask(tweetGetHandler, carol, { tweetId: id }, { slot: 1 })
  show(tweetId)
  const counts = () => {
    shard.live.flushCounts()
    const pushes = shard.gateway.take().filter(({ name }) => name === 'tweet.counts')
    return pushes.map(({ data }) => data)
  }
  return { shard, bob, tweetId, show, counts }
}
