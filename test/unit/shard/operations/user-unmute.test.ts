import { expect, test } from 'vitest'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userUnmuteHandler } from '../../../../shard/operations/user-unmute.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('user.unmute: what was left out is in the home timeline again, in its place', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  shard.ask(userMuteHandler, alice, { userId: bob })
  const [first, second] = [shard.post(bob, 'caw'), shard.post(alice, 'hello')]
  const { user } = shard.ask(userUnmuteHandler, alice, { userId: bob })
  expect(user.viewer?.muting).toBe(false)
  const { tweets } = shard.ask(timelineHomeHandler, alice, {})
  expect(tweets.map(({ id }) => id)).toEqual([second, first])
  const logged = shard.log.length
  shard.ask(userUnmuteHandler, alice, { userId: bob })
  expect(shard.log).toHaveLength(logged)
})
