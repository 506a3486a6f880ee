import { expect, test } from 'vitest'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowRequestsHandler } from '../../../../shard/operations/user-follow-requests.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userRejectFollowHandler } from '../../../../shard/operations/user-reject-follow.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('user.rejectFollow: the request is over on both sides, and a new one waits again', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userUpdateHandler, alice, { protected: true })
  shard.ask(userFollowHandler, bob, { userId: alice })
  shard.ask(userRejectFollowHandler, alice, { userId: bob })
  expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toEqual([])
  const { user } = shard.ask(userGetHandler, bob, { user: { id: alice } })
  expect(user.viewer).toMatchObject({ following: false, requested: false })
  expect(shard.state.requests.size).toBe(0)
  shard.ask(userFollowHandler, bob, { userId: alice })
  expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toHaveLength(1)
  shard.expectRecovery((partitions) => [...partitions].reverse())
})

test('user.rejectFollow: nobody who has not asked', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  expect(shard.call(userRejectFollowHandler, alice, { userId: bob })).toEqual({
    kind: 'refused',
    code: 'no_request',
  })
})
