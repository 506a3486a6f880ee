import { expect, test } from 'vitest'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('user.unblock: what the two write can be read again', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.post(bob, 'caw')
  shard.ask(userBlockHandler, alice, { userId: bob })
  expect(shard.ask(timelineUserHandler, alice, { userId: bob }).tweets).toEqual([])
  shard.ask(userUnblockHandler, alice, { userId: bob })
  expect(shard.ask(timelineUserHandler, alice, { userId: bob }).tweets).toHaveLength(1)
})

test('user.unblock: where both block, one block is left', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.post(bob, 'caw')
  shard.ask(userBlockHandler, alice, { userId: bob })
  shard.ask(userBlockHandler, bob, { userId: alice })
  const { user } = shard.ask(userUnblockHandler, alice, { userId: bob })
  expect(user.viewer?.blocking).toBe(false)
  expect(shard.ask(timelineUserHandler, alice, { userId: bob }).tweets).toEqual([])
})

test('user.unblock: without a block nothing is logged', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const logged = shard.log.length
  shard.ask(userUnblockHandler, alice, { userId: bob })
  expect(shard.log).toHaveLength(logged)
})
