import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { followSettleHandler } from '../../../../shard/operations/follow-settle.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowRequestsHandler } from '../../../../shard/operations/user-follow-requests.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('user.approveFollow', () => {
  test('the one who asked follows from then on, and has the tweets of before', () => {
    const { shard, alice, bob } = asked()
    const tweetId = shard.post(alice, 'for friends')
    expect(home(shard, bob)).toEqual([])
    const { user } = shard.ask(userApproveFollowHandler, alice, { userId: bob })
    expect(user).toMatchObject({ counts: { following: 1 }, viewer: { followedBy: true } })
    expect(home(shard, bob)).toEqual([tweetId])
    expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toEqual([])
  })

  test('an approval is for one request: who has left has to ask again', () => {
    const { shard, alice, bob } = asked()
    shard.ask(userApproveFollowHandler, alice, { userId: bob })
    shard.ask(userUnfollowHandler, bob, { userId: alice })
    const { user } = shard.ask(userFollowHandler, bob, { userId: alice })
    expect(user.viewer).toMatchObject({ following: false, requested: true })
    expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toHaveLength(1)
  })

  test('without a request, or across a block, there is nothing to approve', () => {
    const { shard, alice, bob } = asked()
    const [carol] = shard.signUp('carol')
    const refused = { kind: 'refused', code: 'no_request' }
    expect(shard.call(userApproveFollowHandler, alice, { userId: carol })).toEqual(refused)
    shard.ask(userBlockHandler, alice, { userId: bob })
    expect(shard.call(userApproveFollowHandler, alice, { userId: bob })).toEqual(refused)
  })

  test('an approval that is heard of before the request lets in as soon as the request comes', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const zoe = shard.hearOf('zoe')
    const requestId = shard.newId(9)
    shard.hear(userApproveFollowHandler.operation, { actorId: alice, userId: zoe, requestId })
    shard.hear(userFollowHandler.operation, { followerId: zoe, followeeId: alice, requestId })
    expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toEqual([])
    const follow = { followerId: zoe, followeeId: alice, before: false, after: true }
    shard.hear(followSettleHandler.operation, follow)
    expect(shard.state.users.followers.get(shard.state.users.find(alice))).toBe(1)
  })

  test('logs may come in any order', () => {
    const { shard, alice, bob } = asked()
    shard.ask(userApproveFollowHandler, alice, { userId: bob })
    shard.ask(userUnfollowHandler, bob, { userId: alice })
    shard.ask(userFollowHandler, bob, { userId: alice })
    shard.expectRecovery((partitions) => partitions)
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })
})

/** Bob has asked to follow alice, who is protected. */
function asked(): { shard: OneShard; alice: UserId; bob: UserId } {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  shard.ask(userUpdateHandler, alice, { protected: true })
  shard.ask(userFollowHandler, bob, { userId: alice })
  return { shard, alice, bob }
}

function home(shard: OneShard, reader: UserId): number[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
