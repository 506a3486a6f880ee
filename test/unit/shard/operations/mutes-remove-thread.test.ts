import { expect, test } from 'vitest'
import { mutesAddThreadHandler } from '../../../../shard/operations/mutes-add-thread.ts'
import { mutesListHandler } from '../../../../shard/operations/mutes-list.ts'
import { mutesRemoveThreadHandler } from '../../../../shard/operations/mutes-remove-thread.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('mutes.removeThread: the thread is back', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  const tweetId = shard.post(bob, 'root')
  shard.ask(mutesAddThreadHandler, alice, { tweetId })
  expect(shard.ask(timelineHomeHandler, alice, {}).tweets).toEqual([])
  shard.ask(mutesRemoveThreadHandler, alice, { tweetId })
  expect(shard.ask(timelineHomeHandler, alice, {}).tweets).toHaveLength(1)
  const logged = shard.log.length
  shard.ask(mutesRemoveThreadHandler, alice, { tweetId })
  expect(shard.log).toHaveLength(logged)
})

test('mutes.removeThread: of a retweet, that of the original, or of the retweet as older logs have it', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const root = shard.post(bob, 'root')
  const { retweetId: tweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId: root })
  shard.ask(mutesAddThreadHandler, alice, { tweetId })
  shard.hear(mutesAddThreadHandler.operation, { actorId: alice, tweetId })
  for (const left of [[root], []]) {
    shard.ask(mutesRemoveThreadHandler, alice, { tweetId })
    expect(shard.ask(mutesListHandler, alice, {}).threadIds).toEqual(left)
  }
})
