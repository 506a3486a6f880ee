import { describe, expect, test } from 'vitest'
import { partitionOfId, type UserId } from '../../../../protocol/ids.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowersHandler } from '../../../../shard/operations/user-followers.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('user.block', () => {
  test('ends the follows both ways, and their counts', () => {
    const { shard, alice, bob } = friends()
    const { user } = shard.ask(userBlockHandler, alice, { userId: bob })
    expect(user).toMatchObject({
      counts: { followers: 0, following: 0 },
      viewer: { following: false, followedBy: false, requested: false, blocking: true },
    })
    const { user: her } = shard.ask(userGetHandler, bob, { user: { id: alice } })
    expect(her).toMatchObject({
      counts: { followers: 0, following: 0 },
      viewer: { following: false, followedBy: false, blocking: false },
    })
  })

  test('neither sees a tweet of the other, wherever they look (I5)', () => {
    const { shard, alice, bob } = friends()
    const [hers, his] = [shard.post(alice, 'hers'), shard.post(bob, 'his')]
    shard.ask(userBlockHandler, alice, { userId: bob })
    for (const [reader, author, tweetId] of [
      [alice, bob, his],
      [bob, alice, hers],
    ] as const) {
      const home = shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
      expect(home).not.toContain(tweetId)
      expect(shard.ask(timelineUserHandler, reader, { userId: author }).tweets).toEqual([])
      expect(shard.call(tweetGetHandler, reader, { tweetId })).toMatchObject(notFound)
      expect(shard.call(tweetFavoriteHandler, reader, { tweetId })).toMatchObject(notFound)
      expect(shard.call(userFollowersHandler, reader, { userId: author })).toMatchObject({
        error: { code: 'forbidden' },
      })
    }
  })

  test('nobody follows across a block; after it, the old follows are not there again', () => {
    const { shard, alice, bob } = friends()
    shard.ask(userBlockHandler, alice, { userId: bob })
    const blocked = { kind: 'refused', code: 'blocked' }
    expect(shard.call(userFollowHandler, bob, { userId: alice })).toEqual(blocked)
    expect(shard.call(userFollowHandler, alice, { userId: bob })).toEqual(blocked)
    const { user } = shard.ask(userUnblockHandler, alice, { userId: bob })
    expect(user.viewer).toMatchObject({ following: false, followedBy: false, blocking: false })
    expect(shard.call(userFollowHandler, bob, { userId: alice }).kind).toBe('answered')
  })

  test('a second time changes nothing, and nobody blocks themselves', () => {
    const { shard, alice, bob } = friends()
    const first = shard.ask(userBlockHandler, alice, { userId: bob })
    const logged = shard.log.length
    expect(shard.ask(userBlockHandler, alice, { userId: bob })).toEqual(first)
    expect(shard.log).toHaveLength(logged)
    expect(shard.call(userBlockHandler, alice, { userId: alice })).toEqual({
      kind: 'refused',
      code: 'cannot_block_self',
    })
  })

  test('a follow that was decided before the block was heard of is ended when it lands', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const follow = shard.prepare(userFollowHandler, bob, { userId: alice })
    expect(follow.decide().kind).toBe('committed')
    shard.ask(userBlockHandler, alice, { userId: bob })
    follow.land()
    const { user } = shard.ask(userGetHandler, bob, { user: { id: alice } })
    expect(user).toMatchObject({ counts: { followers: 0 }, viewer: { following: false } })
  })

  test('a block of another process hides at once, and ends the follow of who lives here', () => {
    const shard = new OneShard({ hosts: ['bob'] })
    const [bob] = shard.signUp('bob')
    const zoe = shard.hearOf('zoe')
    shard.ask(userFollowHandler, bob, { userId: zoe })
    shard.hear(userBlockHandler.operation, { actorId: zoe, userId: bob, endsFollow: false })
    const { user } = shard.ask(userGetHandler, bob, { user: { id: zoe } })
    expect(user).toMatchObject({ counts: { followers: 0 }, viewer: { following: false } })
  })

  test('logs may come in any order', () => {
    const { shard, alice, bob } = friends()
    shard.ask(userBlockHandler, alice, { userId: bob })
    shard.ask(userUnblockHandler, alice, { userId: bob })
    shard.ask(userFollowHandler, bob, { userId: alice })
    shard.ask(userBlockHandler, bob, { userId: alice })
    expect(partitionOfId(alice)).not.toBe(partitionOfId(bob))
    shard.expectRecovery((partitions) => partitions)
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('a block and a follow of the same edge claim the same', () => {
    const { shard, alice, bob } = friends()
    const block = shard.prepare(userBlockHandler, alice, { userId: bob }).claims
    const follow = shard.prepare(userFollowHandler, alice, { userId: bob }).claims
    expect(block).toEqual(expect.arrayContaining([...follow]))
  })
})

const notFound = { kind: 'failed', error: { code: 'not_found', field: 'tweetId' } }

/** Two who follow each other. */
function friends(): { shard: OneShard; alice: UserId; bob: UserId } {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userFollowHandler, alice, { userId: bob })
  shard.ask(userFollowHandler, bob, { userId: alice })
  return { shard, alice, bob }
}
