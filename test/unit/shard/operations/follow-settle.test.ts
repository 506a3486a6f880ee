import { expect, test } from 'vitest'
import { followSettleHandler } from '../../../../shard/operations/follow-settle.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('follow.settle: where all is as it should be, nothing is written, however often it is asked', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  const event = { before: true, after: false }
  shard.hear(followSettleHandler.operation, { followerId: alice, followeeId: bob, ...event })
  const { users, followings } = shard.state
  expect(followings.has(users.find(alice), users.find(bob))).toBe(false)
  expect(users.followers.get(users.find(bob))).toBe(0)
})

test('follow.settle: a block that was taken back before anybody looked ends nothing', () => {
  const shard = new OneShard({ hosts: ['alice'] })
  const [alice] = shard.signUp('alice')
  const zoe = shard.hearOf('zoe')
  shard.live.followMaySettle = () => undefined
  shard.ask(userFollowHandler, alice, { userId: zoe })
  shard.hear(userBlockHandler.operation, { actorId: zoe, userId: alice, endsFollow: false })
  shard.hear(userUnblockHandler.operation, { actorId: zoe, userId: alice })
  const { users, followings } = shard.state
  expect(followings.has(users.find(alice), users.find(zoe))).toBe(true)
})

test('follow.settle: no client has a way to it', () => {
  expect(followSettleHandler.operation).toMatchObject({ access: 'operator' })
  expect(followSettleHandler.operation).not.toHaveProperty('http')
})
