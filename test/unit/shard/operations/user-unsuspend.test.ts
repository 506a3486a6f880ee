import { describe, expect, test } from 'vitest'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { auditListHandler } from '../../../../shard/operations/audit-list.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnsuspendHandler } from '../../../../shard/operations/user-unsuspend.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const action = { handle: 'bob', by: 'moira', reason: 'a mistake' }

describe('user.unsuspend', () => {
  test('brings the tweets back where they were, and the user can sign in', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    shard.ask(userFollowHandler, alice, { userId: bob })
    const tweetId = shard.post(bob, 'caw')
    shard.ask(userSuspendHandler, stranger, action)
    expect(shard.ask(timelineHomeHandler, alice, {}).tweets).toEqual([])
    expect(shard.ask(userUnsuspendHandler, stranger, action)).toEqual({ userId: bob })
    expect(shard.ask(timelineHomeHandler, alice, {}).tweets).toMatchObject([{ id: tweetId }])
    const credentials = { handle: 'bob', password: 'secret of bob' }
    expect(shard.call(sessionCreateHandler, stranger, credentials).kind).toBe('answered')
  })

  test('both stand in the audit log, the newest first; what changes nothing does not', () => {
    const shard = new OneShard()
    const [bob] = shard.signUp('bob')
    shard.ask(userUnsuspendHandler, stranger, action)
    shard.ask(userSuspendHandler, stranger, action)
    shard.ask(userUnsuspendHandler, stranger, action)
    const { actions } = shard.ask(auditListHandler, stranger, { partition: partitionOfId(bob) })
    expect(actions.map(({ action: kind }) => kind)).toEqual(['unsuspend', 'suspend'])
    shard.ask(userSuspendHandler, stranger, action)
    expect(shard.call(userUnsuspendHandler, stranger, action).kind).toBe('answered')
  })
})
