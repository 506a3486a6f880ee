import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { auditListHandler } from '../../../../shard/operations/audit-list.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { refusalOfActor } from '../../../../shard/operations/moderation.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { sessionResumeHandler } from '../../../../shard/operations/session-resume.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const action = { handle: 'bob', by: 'moira', reason: 'sells rooks' }

describe('user.suspend', () => {
  test('hides the tweets from everybody, also as retweets, and the profile (I5)', () => {
    const { shard, alice, bob, cid } = world()
    const tweetId = shard.post(bob, 'caw')
    shard.ask(tweetRetweetHandler, cid, { tweetId })
    shard.ask(userFollowHandler, alice, { userId: cid })
    expect(home(shard, alice)).toContain(tweetId)
    shard.ask(userSuspendHandler, stranger, action)
    for (const reader of [stranger, alice, cid]) {
      expect(shard.call(tweetGetHandler, reader, { tweetId })).toMatchObject({
        error: { code: 'not_found' },
      })
      expect(shard.call(userGetHandler, reader, { user: { id: bob } })).toMatchObject({
        code: 'suspended',
      })
    }
    expect(home(shard, alice)).toEqual([])
    expect(shard.ask(timelineUserHandler, alice, { userId: cid }).tweets).toEqual([])
  })

  test('ends the sessions, tells the gateways of each, and lets nobody in again', () => {
    const { shard } = world()
    const credentials = { handle: 'bob', password: 'secret of bob' }
    const tokens = [1, 2].map(() => shard.ask(sessionCreateHandler, stranger, credentials).token)
    shard.ask(userSuspendHandler, stranger, { ...action, handle: 'BOB' })
    for (const token of tokens) {
      expect(shard.gateway.endedSessions).toContain(hashToken(token))
      expect(shard.call(sessionResumeHandler, stranger, { token }).kind).toBe('failed')
    }
    expect(shard.call(sessionCreateHandler, stranger, credentials)).toMatchObject({
      code: 'suspended',
    })
    const wrong = { ...credentials, password: 'not the one' }
    expect(shard.call(sessionCreateHandler, stranger, wrong)).toMatchObject({
      code: 'wrong_credentials',
    })
  })

  test('whoever acts on behalf of the account is refused; what shards do for themselves goes on', () => {
    const { shard, bob } = world()
    const actor = shard.state.users.find(bob)
    const { operation } = tweetPostHandler
    expect(refusalOfActor(shard.state, actor, operation)).toBeUndefined()
    shard.ask(userSuspendHandler, stranger, action)
    for (const state of [shard.state, shard.replica]) {
      expect(refusalOfActor(state, state.users.find(bob), operation)).toMatchObject({
        error: { code: 'forbidden' },
      })
    }
    expect(refusalOfActor(shard.state, actor, userSuspendHandler.operation)).toBeUndefined()
  })

  test('nothing of a suspended account is pushed', () => {
    const { shard, alice, bob } = world()
    shard.ask(liveSubscribeHandler, alice, { channel: 'home' }, { slot: 5 })
    shard.ask(userSuspendHandler, stranger, action)
    const pushed = shard.live.pushCount
    shard.post(bob, 'caw')
    expect(shard.live.pushCount).toBe(pushed)
  })

  test('stands in the audit log once: who, what, when and why', () => {
    const { shard, bob } = world()
    shard.ask(userSuspendHandler, stranger, action)
    shard.ask(userSuspendHandler, stranger, action)
    const { actions } = shard.ask(auditListHandler, stranger, { partition: partitionOfId(bob) })
    const { by, reason } = action
    expect(actions).toMatchObject([{ action: 'suspend', by, reason, userId: bob }])
    expect(Math.abs(actions[0]!.createdAt - shard.nowMs)).toBeLessThan(1_000)
  })

  test('is known before a tweet of another log that passes one on', () => {
    const { shard, bob, cid } = world()
    const tweetId = shard.post(bob, 'caw')
    shard.ask(tweetRetweetHandler, cid, { tweetId })
    shard.ask(userSuspendHandler, stranger, action)
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('a handle that nobody has cannot be suspended', () => {
    const { shard } = world()
    const params = { ...action, handle: 'nobody' }
    expect(shard.call(userSuspendHandler, stranger, params).kind).toBe('absent')
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob, cid] = shard.signUp('alice', 'bob', 'cid')
  shard.ask(userFollowHandler, alice, { userId: bob })
  return { shard, alice, bob, cid }
}

function home(shard: OneShard, reader: UserId): number[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
