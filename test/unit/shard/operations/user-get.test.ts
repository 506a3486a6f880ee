import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfHandle, timeOfId } from '../../../../protocol/ids.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('user.get', () => {
  test('a stranger sees the card and the counts, and no flags', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    expect(shard.ask(userGetHandler, stranger, { user: { id: alice } })).toEqual({
      user: {
        id: alice,
        handle: 'alice',
        name: 'alice',
        bio: '',
        createdAt: timeOfId(alice),
        protected: false,
        counts: { tweets: 0, followers: 0, following: 0 },
      },
    })
  })

  test('a handle is found without regard to case, and shown as it was chosen', () => {
    const shard = new OneShard()
    const [ada] = shard.signUp('Ada_L')
    for (const handle of ['Ada_L', 'ada_l', 'ADA_L']) {
      const { user } = shard.ask(userGetHandler, stranger, { user: { handle } })
      expect(user).toMatchObject({ id: ada, handle: 'Ada_L' })
    }
  })

  test('whoever is signed in sees their own part in it, and none for themselves', () => {
    const shard = new OneShard()
    const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
    shard.ask(userFollowHandler, alice, { userId: bob })
    const flags = (reader: UserId, of: UserId) =>
      shard.ask(userGetHandler, reader, { user: { id: of } }).user.viewer
    const none = { requested: false, muting: false, blocking: false }
    expect(flags(alice, bob)).toEqual({ following: true, followedBy: false, ...none })
    expect(flags(bob, alice)).toEqual({ following: false, followedBy: true, ...none })
    expect(flags(carol, bob)).toEqual({ following: false, followedBy: false, ...none })
    expect(flags(alice, alice)).toBeUndefined()
  })

  test('an unknown id is absent from its partition, an unknown handle from that of its hash', () => {
    const shard = new OneShard()
    const id = shard.newId(3) as UserId
    const absent = { kind: 'absent', field: 'user' }
    expect(shard.call(userGetHandler, stranger, { user: { id } })).toEqual({
      ...absent,
      partition: 3,
    })
    const partition = partitionOfHandle('nobody', shard.partitionCount)
    for (const handle of ['nobody', 'NOBODY']) {
      const called = shard.call(userGetHandler, stranger, { user: { handle } })
      expect(called).toEqual({ ...absent, partition })
    }
  })

  test('somebody who was mentioned before their sign-up came is still absent', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const zoe = shard.newId(partitionOfHandle('zoe', shard.partitionCount)) as UserId
    shard.hear(userFollowHandler.operation, { followerId: zoe, followeeId: alice })
    expect(shard.call(userGetHandler, alice, { user: { id: zoe } }).kind).toBe('absent')
    expect(shard.call(userGetHandler, alice, { user: { handle: 'zoe' } }).kind).toBe('absent')
  })

  test('counts tweets, followers and followed', () => {
    const shard = new OneShard()
    const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
    shard.post(bob, 'one')
    shard.post(bob, 'two')
    shard.ask(userFollowHandler, alice, { userId: bob })
    shard.ask(userFollowHandler, carol, { userId: bob })
    shard.ask(userFollowHandler, bob, { userId: carol })
    const { user } = shard.ask(userGetHandler, stranger, { user: { id: bob } })
    expect(user.counts).toEqual({ tweets: 2, followers: 2, following: 1 })
  })
})
