// Accounts that are suspended or gone, for those who have to do with them: they can be taken off a list, and say
// nothing. (I5)

import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { idMax, partitionOfId } from '../../../../protocol/ids.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { accountExportHandler } from '../../../../shard/operations/account-export.ts'
import { reportsListHandler } from '../../../../shard/operations/reports-list.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userBlockedHandler } from '../../../../shard/operations/user-blocked.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userMutedHandler } from '../../../../shard/operations/user-muted.ts'
import { userRejectFollowHandler } from '../../../../shard/operations/user-reject-follow.ts'
import { userReportHandler } from '../../../../shard/operations/user-report.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { userUnmuteHandler } from '../../../../shard/operations/user-unmute.ts'
import { userUnsuspendHandler } from '../../../../shard/operations/user-unsuspend.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { eraseAll } from '../../../helpers/leaving.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const action = { handle: 'bob', by: 'moira', reason: 'writes slurs' }
const none = { tweets: 0, followers: 0, following: 0 }

describe('a suspended account', () => {
  test('cannot be followed, nor asked, until it is back', () => {
    const { shard, alice, bob } = suspended()
    const refused = { kind: 'refused', code: 'suspended' }
    expect(shard.call(userFollowHandler, alice, { userId: bob })).toEqual(refused)
    shard.ask(userUnsuspendHandler, stranger, action)
    expect(shard.ask(userFollowHandler, alice, { userId: bob }).user).toMatchObject({
      name: 'A Slur',
      viewer: { following: true },
    })
  })

  test('can be muted, blocked and unfollowed, and all of it undone: the answers hold the handle alone', () => {
    const { shard, alice, bob, closed } = suspended({ isFollowed: true })
    const userId = { userId: bob }
    const viewer = { following: true, followedBy: false, requested: false }
    const related = { ...viewer, muting: false, blocking: false }
    const muted = { ...closed, viewer: { ...related, muting: true } }
    const blocked = { ...closed, viewer: { ...related, following: false, blocking: true } }
    expect(shard.ask(userMuteHandler, alice, userId).user).toEqual(muted)
    expect(shard.ask(userMutedHandler, alice, {}).users).toEqual([muted])
    expect(shard.ask(userUnmuteHandler, alice, userId).user).toEqual({ ...closed, viewer: related })
    const apart = { ...closed, viewer: { ...related, following: false } }
    expect(shard.ask(userUnfollowHandler, alice, userId).user).toEqual(apart)
    expect(shard.ask(userBlockHandler, alice, userId).user).toEqual(blocked)
    expect(shard.ask(userBlockedHandler, alice, {}).users).toEqual([blocked])
    expect(shard.ask(userUnblockHandler, alice, userId).user).toEqual(apart)
  })

  test('that has asked to follow is let in or turned down without being shown', () => {
    const asked = { hasAsked: true }
    const approving = suspended(asked)
    const approved = approving.shard.ask(userApproveFollowHandler, approving.alice, {
      userId: approving.bob,
    })
    expect(approved.user).toMatchObject({ ...approving.closed, viewer: { followedBy: true } })
    const rejecting = suspended(asked)
    const rejected = rejecting.shard.ask(userRejectFollowHandler, rejecting.alice, {
      userId: rejecting.bob,
    })
    expect(rejected.user).toMatchObject({ ...rejecting.closed, viewer: { followedBy: false } })
  })

  test('is shown to operators as it is', () => {
    const { shard, alice } = suspended()
    const { users } = shard.ask(reportsListHandler, stranger, { partition: partitionOfId(alice) })
    expect(users).toContainEqual(expect.objectContaining({ name: 'A Slur' }))
  })
})

describe('a deleted account', () => {
  for (const isErased of [false, true]) {
    test(`can be unblocked and unmuted, ${isErased ? 'when' : 'before'} it is erased`, () => {
      const { shard, alice, bob, closed } = left(isErased)
      expect(marksOf(shard, alice)).toEqual([[bob], [bob]])
      const viewer = { following: false, followedBy: false, requested: false }
      const unblocked = shard.ask(userUnblockHandler, alice, { userId: bob }).user
      expect(unblocked).toEqual({ ...closed, viewer: { ...viewer, muting: true, blocking: false } })
      const unmuted = shard.ask(userUnmuteHandler, alice, { userId: bob }).user
      expect(unmuted).toEqual({ ...closed, viewer: { ...viewer, muting: false, blocking: false } })
      expect(marksOf(shard, alice)).toEqual([[], []])
      shard.expectRecovery((partitions) => partitions)
      shard.expectRecovery((partitions) => [...partitions].reverse())
    })
  }

  test('that was neither blocked nor muted is there for nobody', () => {
    const { shard, carol, bob } = left(true)
    for (const handler of [userUnblockHandler, userUnmuteHandler] as const) {
      const called = shard.call(handler as typeof userUnblockHandler, carol, { userId: bob })
      expect(called).toEqual({ kind: 'absent', partition: partitionOfId(bob), field: 'userId' })
    }
  })
})

/** Bob, whom alice blocks and mutes, has deleted his account. */
function left(isErased: boolean) {
  const shard = new OneShard()
  const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
  const { user } = shard.ask(userUpdateHandler, bob, { name: 'Bob', bio: 'rooks' })
  shard.ask(userMuteHandler, alice, { userId: bob })
  shard.ask(userBlockHandler, alice, { userId: bob })
  shard.ask(accountDeleteHandler, bob, { password: 'secret of bob' })
  if (isErased) eraseAll(shard, bob)
  const { createdAt } = user
  const plain = { id: bob, handle: 'bob', createdAt, protected: false }
  return { shard, alice, bob, carol, closed: { ...plain, name: '', bio: '', counts: none } }
}

/** What the export of an account says of its blocks and mutes. */
function marksOf(shard: OneShard, user: UserId) {
  return ['blocks', 'mutes'].map(
    (section) => shard.ask(accountExportHandler, user, { cursor: `${section}:${idMax}` }).ids,
  )
}

/** Bob is suspended, whom alice has reported. */
function suspended(before: { readonly isFollowed?: boolean; readonly hasAsked?: boolean } = {}) {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const edit = { name: 'A Slur', bio: 'another', location: 'a third', website: 'https://slur.test' }
  const { user } = shard.ask(userUpdateHandler, bob, edit)
  shard.ask(userReportHandler, alice, { userId: bob, reason: 'abuse' })
  if (before.isFollowed === true) shard.ask(userFollowHandler, alice, { userId: bob })
  if (before.hasAsked === true) {
    shard.ask(userUpdateHandler, alice, { protected: true })
    shard.ask(userFollowHandler, bob, { userId: alice })
  }
  shard.ask(userSuspendHandler, stranger, action)
  const { createdAt } = user
  const plain = { id: bob, handle: 'bob', createdAt, protected: false }
  return { shard, alice, bob, closed: { ...plain, name: '', bio: '', counts: none } }
}
