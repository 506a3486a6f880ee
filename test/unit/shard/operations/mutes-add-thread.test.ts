import { expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { mutesAddThreadHandler } from '../../../../shard/operations/mutes-add-thread.ts'
import { mutesListHandler } from '../../../../shard/operations/mutes-list.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('mutes.addThread: the tweet and all that hangs on it leave the home timeline', () => {
  const { shard, alice, bob } = world()
  const root = shard.post(bob, 'root')
  const reply = shard.post(bob, 'reply', { inReplyTo: root })
  shard.post(bob, 'and on', { inReplyTo: reply })
  const other = shard.post(bob, 'other')
  const own = shard.post(alice, 'mine', { inReplyTo: reply })
  shard.ask(mutesAddThreadHandler, alice, { tweetId: root })
  const { tweets } = shard.ask(timelineHomeHandler, alice, {})
  expect(tweets.map(({ id }) => id)).toEqual([own, other])
})

test('mutes.addThread: of a retweet, the original and all that hangs on it', () => {
  const { shard, alice, bob } = world()
  const root = shard.post(bob, 'root')
  const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId: root })
  shard.post(bob, 'reply', { inReplyTo: retweetId })
  shard.ask(mutesAddThreadHandler, alice, { tweetId: retweetId })
  expect(shard.ask(timelineHomeHandler, alice, {}).tweets).toEqual([])
  expect(shard.ask(mutesListHandler, alice, {}).threadIds).toEqual([root])
})

test('mutes.addThread: a tweet that cannot be seen is not found', () => {
  const { shard, alice, bob } = world()
  const root = shard.post(bob, 'root')
  shard.ask(userBlockHandler, bob, { userId: alice })
  expect(shard.call(mutesAddThreadHandler, alice, { tweetId: root })).toMatchObject({
    error: { code: 'not_found', field: 'tweetId' },
  })
})

function world(): { shard: OneShard; alice: UserId; bob: UserId } {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  return { shard, alice, bob }
}
