import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('user.unfollow', () => {
  test('alice unfollows bob: counts fall, and the flag is gone', () => {
    const { shard, alice, bob } = aliceFollowsBob()
    const { user } = shard.ask(userUnfollowHandler, alice, { userId: bob })
    expect(user).toMatchObject({
      id: bob,
      counts: { followers: 0 },
      viewer: { following: false, followedBy: false },
    })
  })

  test('I5: nothing of bob is left in her timeline, and nothing new of him comes', () => {
    const { shard, alice, bob } = aliceFollowsBob()
    shard.post(bob, 'one')
    const own = shard.post(alice, 'my own')
    shard.post(bob, 'two')
    expect(home(shard, alice)).toHaveLength(3)
    shard.ask(userUnfollowHandler, alice, { userId: bob })
    expect(home(shard, alice)).toEqual([own])
    shard.post(bob, 'three')
    expect(home(shard, alice)).toEqual([own])
  })

  test('I5: nothing of bob is pushed to her any more', () => {
    const { shard, alice, bob } = aliceFollowsBob()
    shard.live.subscriptionsOf(shard.gateway, 7)?.subscribe(shard.state.users.find(alice))
    shard.post(bob, 'one')
    expect(shard.gateway.take()).toHaveLength(1)
    shard.ask(userUnfollowHandler, alice, { userId: bob })
    shard.post(bob, 'two')
    expect(shard.gateway.take()).toEqual([])
  })

  test('whoever does not follow is answered how things are, and nothing is logged', () => {
    const { shard, alice, bob } = aliceFollowsBob()
    const logged = shard.log.length
    const { user } = shard.ask(userUnfollowHandler, bob, { userId: alice })
    expect(user).toMatchObject({ id: alice, viewer: { following: false, followedBy: true } })
    shard.ask(userUnfollowHandler, alice, { userId: alice })
    expect(shard.log).toHaveLength(logged)
  })

  test('somebody unknown is absent', () => {
    const { shard, alice } = aliceFollowsBob()
    const userId = shard.newId(5) as UserId
    expect(shard.call(userUnfollowHandler, alice, { userId })).toEqual({
      kind: 'absent',
      partition: 5,
      field: 'userId',
    })
  })

  test('claims the same as the follow of that edge: the one waits for the other', () => {
    const { shard, alice, bob } = aliceFollowsBob()
    const [unfollow, follow] = [userUnfollowHandler, userFollowHandler].map(
      (handler) =>
        shard.prepare(handler as typeof userFollowHandler, alice, { userId: bob }).claims,
    )
    expect(unfollow).toEqual(follow)
  })

  test('back and forth comes out right, and the old tweets are back', () => {
    const { shard, alice, bob } = aliceFollowsBob()
    const tweet = shard.post(bob, 'still here')
    for (let round = 0; round < 3; round++) {
      shard.ask(userUnfollowHandler, alice, { userId: bob })
      expect(home(shard, alice)).toEqual([])
      const { user } = shard.ask(userFollowHandler, alice, { userId: bob })
      expect(user.counts.followers).toBe(1)
      expect(home(shard, alice)).toEqual([tweet])
    }
  })
})

function aliceFollowsBob() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  return { shard, alice, bob }
}

function home(shard: OneShard, reader: UserId): number[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
