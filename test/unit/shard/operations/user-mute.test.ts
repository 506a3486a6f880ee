import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('user.mute', () => {
  test('tweets leave the home timeline and stay on the profile; the muted one sees nothing of it', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(bob, 'caw')
    expect(home(shard, alice)).toEqual([tweetId])
    const { user } = shard.ask(userMuteHandler, alice, { userId: bob })
    expect(user.viewer).toMatchObject({ following: true, muting: true })
    expect(home(shard, alice)).toEqual([])
    expect(shard.ask(timelineUserHandler, alice, { userId: bob }).tweets).toHaveLength(1)
    const { user: her } = shard.ask(userGetHandler, bob, { user: { id: alice } })
    expect(her.viewer).toMatchObject({ followedBy: true, muting: false })
  })

  test('nothing of the muted one is pushed', () => {
    const { shard, alice, bob } = world()
    shard.ask(liveSubscribeHandler, alice, { channel: 'home' }, { slot: 5 })
    shard.ask(userMuteHandler, alice, { userId: bob })
    const pushed = shard.live.pushCount
    shard.post(bob, 'caw')
    expect(shard.live.pushCount).toBe(pushed)
  })

  test('a page is full although some of its entries are muted', () => {
    const { shard, alice, bob } = world()
    const mine = shard.post(alice, 'first')
    for (let count = 0; count < 5; count++) shard.post(bob, `caw ${count}`)
    const last = shard.post(alice, 'last')
    shard.ask(userMuteHandler, alice, { userId: bob })
    const page = shard.ask(timelineHomeHandler, alice, { limit: 2 })
    expect(page.tweets.map(({ id }) => id)).toEqual([last, mine])
    expect(page.olderCursor).toBeUndefined()
  })

  test('nobody mutes themselves, and a mute lives only where the muter does', () => {
    const { shard, alice } = world()
    expect(shard.call(userMuteHandler, alice, { userId: alice })).toMatchObject({
      code: 'cannot_mute_self',
    })
    const other = new OneShard({ hosts: ['bob'] })
    const [zoe, yan] = [other.hearOf('zoe'), other.hearOf('yan')]
    other.hear(userMuteHandler.operation, { actorId: zoe, userId: yan })
    expect(other.state.marks('mutes').length(other.state.users.find(zoe))).toBe(0)
  })
})

function world(): { shard: OneShard; alice: UserId; bob: UserId } {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  return { shard, alice, bob }
}

function home(shard: OneShard, reader: UserId): number[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
