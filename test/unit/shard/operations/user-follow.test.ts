import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('user.follow', () => {
  test('alice follows bob: both counts rise, and she sees that she follows him', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const { user } = shard.ask(userFollowHandler, alice, { userId: bob })
    expect(user).toMatchObject({
      id: bob,
      counts: { followers: 1, following: 0 },
      viewer: { following: true, followedBy: false, requested: false, muting: false },
    })
    const { user: her } = shard.ask(userGetHandler, bob, { user: { id: alice } })
    expect(her).toMatchObject({
      counts: { followers: 0, following: 1 },
      viewer: { following: false, followedBy: true },
    })
  })

  test('following a second time is answered alike, and nothing is logged', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const first = shard.ask(userFollowHandler, alice, { userId: bob })
    const logged = shard.log.length
    expect(shard.ask(userFollowHandler, alice, { userId: bob })).toEqual(first)
    expect(shard.log).toHaveLength(logged)
  })

  test('nobody follows themselves', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    expect(shard.call(userFollowHandler, alice, { userId: alice })).toEqual({
      kind: 'refused',
      code: 'cannot_follow_self',
    })
  })

  test('somebody unknown is absent, and the answer names the field and whom to ask', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const userId = shard.newId(9) as UserId
    expect(shard.call(userFollowHandler, alice, { userId })).toEqual({
      kind: 'absent',
      partition: 9,
      field: 'userId',
    })
  })

  test('a stranger is not signed in, and reaches no partition', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    expect(shard.call(userFollowHandler, stranger, { userId: alice })).toMatchObject({
      kind: 'failed',
      error: { code: 'unauthenticated' },
    })
  })

  test('what was posted before the follow is in the timeline at once, in its place', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const first = shard.post(bob, 'before you came')
    const second = shard.post(alice, 'hello?')
    const third = shard.post(bob, 'hello!')
    expect(home(shard, alice)).toEqual([second])
    shard.ask(userFollowHandler, alice, { userId: bob })
    expect(home(shard, alice)).toEqual([third, second, first])
  })

  test('two requests for one edge claim the same, and other edges claim others', () => {
    const shard = new OneShard()
    const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
    const claims = (actor: UserId, userId: UserId) =>
      shard.prepare(userFollowHandler, actor, { userId }).claims
    expect(claims(alice, bob)).toEqual(claims(alice, bob))
    const all = [claims(alice, bob), claims(alice, carol), claims(bob, alice)].flat()
    expect(new Set(all).size).toBe(3)
  })

  test('somebody of another process can be followed as soon as their sign-up has come here', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const zoe = shard.hearOf('zoe')
    expect(shard.state.isHosted(zoe)).toBe(false)
    const { user } = shard.ask(userFollowHandler, alice, { userId: zoe })
    expect(user).toMatchObject({ handle: 'zoe', counts: { followers: 1 } })
  })

  test('a follow of another process counts here, and its edge is kept for one end that lives here', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const [zoe, yan] = [shard.hearOf('zoe'), shard.hearOf('yan')]
    shard.hear(userFollowHandler.operation, { followerId: zoe, followeeId: alice })
    shard.hear(userFollowHandler.operation, { followerId: zoe, followeeId: yan })
    const { users } = shard.state
    expect(users.followers.get(users.find(alice))).toBe(1)
    expect(users.followers.get(users.find(yan))).toBe(1)
    expect(users.following.get(users.find(zoe))).toBe(2)
    expect(shard.state.followers.degree(users.find(alice))).toBe(1)
    expect(shard.state.followers.degree(users.find(yan))).toBe(0)
  })
})

function home(shard: OneShard, reader: UserId): number[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
