import { expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowRequestsHandler } from '../../../../shard/operations/user-follow-requests.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

test('user.followRequests: who follows a protected account waits there, the newest first', () => {
  const { shard, alice, people } = world()
  for (const actor of people) {
    const { user } = shard.ask(userFollowHandler, actor, { userId: alice })
    expect(user.viewer).toMatchObject({ following: false, requested: true })
    expect(user.counts.followers).toBe(0)
  }
  const first = shard.ask(userFollowRequestsHandler, alice, { limit: 2 })
  expect(first.users.map(({ id }) => id)).toEqual([people[2], people[1]])
  const before = first.olderCursor as number
  const second = shard.ask(userFollowRequestsHandler, alice, { limit: 2, before })
  expect(second.users.map(({ id }) => id)).toEqual([people[0]])
  expect(second.olderCursor).toBeUndefined()
})

test('user.followRequests: asking twice is asking once, and unfollow takes it back', () => {
  const { shard, alice, people } = world()
  const [bob] = people
  shard.ask(userFollowHandler, bob, { userId: alice })
  const logged = shard.log.length
  shard.ask(userFollowHandler, bob, { userId: alice })
  expect(shard.log).toHaveLength(logged)
  const { user } = shard.ask(userUnfollowHandler, bob, { userId: alice })
  expect(user.viewer).toMatchObject({ following: false, requested: false })
  expect(user.counts.followers).toBe(0)
  expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toEqual([])
  const { user: him } = shard.ask(userGetHandler, bob, { user: { id: bob } })
  expect(him.counts.following).toBe(0)
})

test('user.followRequests: I5: without an account that is suspended, and no page is shorter', () => {
  const { shard, alice, people } = world()
  for (const actor of people) shard.ask(userFollowHandler, actor, { userId: alice })
  shard.ask(userSuspendHandler, stranger, { handle: 'carol', by: 'moira', reason: 'sells rooks' })
  const { users, olderCursor } = shard.ask(userFollowRequestsHandler, alice, { limit: 2 })
  expect(users.map(({ id }) => id)).toEqual([people[2], people[0]])
  expect(olderCursor).toBeUndefined()
})

function world() {
  const shard = new OneShard()
  const [alice, ...people] = shard.signUp('alice', 'bob', 'carol', 'dora') as unknown as [
    UserId,
    UserId,
    UserId,
    UserId,
  ]
  shard.ask(userUpdateHandler, alice, { protected: true })
  return { shard, alice, people: people as [UserId, UserId, UserId] }
}
