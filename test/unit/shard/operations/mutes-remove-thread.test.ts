import { expect, test } from 'vitest'
import { mutesAddThreadHandler } from '../../../../shard/operations/mutes-add-thread.ts'
import { mutesRemoveThreadHandler } from '../../../../shard/operations/mutes-remove-thread.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
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
