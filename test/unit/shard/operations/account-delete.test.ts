import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import { accountCreateHandler } from '../../../../shard/operations/account-create.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { listMembersHandler } from '../../../../shard/operations/list-members.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowersHandler } from '../../../../shard/operations/user-followers.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { world } from '../../../helpers/collection-world.ts'
import { stranger } from '../../../helpers/one-shard.ts'

const password = 'secret of ada'

describe('account.delete', () => {
  test('from its answer on nothing of the account is shown, on any path (I5)', () => {
    const { shard, ada, bob, dan, list } = world()
    const listId = list([bob])
    const tweetId = shard.post(ada, 'mine')
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    shard.ask(userFollowHandler, dan, { userId: ada })
    shard.ask(userFollowHandler, ada, { userId: bob })
    expect(shard.ask(timelineHomeHandler, dan, {}).tweets).toHaveLength(1)

    expect(shard.ask(accountDeleteHandler, ada, { password })).toEqual({})

    for (const reader of [dan, bob, stranger]) {
      const absent = { kind: 'absent' }
      expect(shard.call(userGetHandler, reader, { user: { id: ada } })).toMatchObject(absent)
      expect(shard.call(userGetHandler, reader, { user: { handle: 'ada' } })).toMatchObject(absent)
      expect(shard.call(timelineUserHandler, reader, { userId: ada })).toMatchObject(absent)
      const found = shard.call(tweetGetHandler, reader, { tweetId })
      expect(found).toMatchObject({ kind: 'failed', error: { code: 'not_found' } })
      const listed = shard.call(listGetHandler, reader, { listId })
      expect(listed).toMatchObject({ kind: 'failed', error: { code: 'not_found' } })
    }
    expect(shard.ask(timelineHomeHandler, dan, {}).tweets).toEqual([])
    expect(shard.ask(timelineUserHandler, dan, { userId: bob }).tweets).toEqual([])
    expect(shard.ask(userFollowersHandler, stranger, { userId: bob }).users).toEqual([])
  })

  test('all sessions end', () => {
    const { shard, ada } = world()
    const token = () => shard.ask(sessionCreateHandler, stranger, { handle: 'ada', password }).token
    const hashes = [token(), token()].map((one) => hashToken(one))
    shard.ask(accountDeleteHandler, ada, { password })
    expect(shard.gateway.endedSessions).toEqual(expect.arrayContaining(hashes))
    for (const hash of hashes) {
      expect(shard.state.accounts.session(ada, hash, shard.nowMs)).toBeUndefined()
    }
    const again = shard.call(sessionCreateHandler, stranger, { handle: 'ada', password })
    expect(again).toMatchObject({ kind: 'refused', code: 'wrong_credentials' })
  })

  test('not with a wrong password', () => {
    const { shard, ada } = world()
    const deleted = shard.call(accountDeleteHandler, ada, { password: 'a guess' })
    expect(deleted).toMatchObject({ kind: 'refused', code: 'wrong_credentials' })
    expect(shard.ask(userGetHandler, ada, { user: { id: ada } }).user.id).toBe(ada)
  })

  test('the handle stays reserved, also in another case', () => {
    const { shard, ada } = world()
    shard.ask(accountDeleteHandler, ada, { password })
    const params = { handle: 'ADA', name: 'Another', password: 'long enough' }
    const taken = shard.call(accountCreateHandler, stranger, params)
    expect(taken).toMatchObject({ kind: 'refused', code: 'handle_taken' })
  })

  test('a mention of the handle is a mention of nobody', () => {
    const { shard, ada, bob } = world()
    shard.ask(accountDeleteHandler, ada, { password })
    const { tweet } = shard.ask(tweetPostHandler, bob, { text: 'hello @ada' })
    expect(tweet.entities.mentions).toMatchObject([{ handle: 'ada' }])
    expect(tweet.entities.mentions[0]?.userId).toBeUndefined()
  })

  test('one who is in a list is in it no longer', () => {
    const { shard, ada, bob, list } = world()
    const listId = list([bob])
    shard.ask(accountDeleteHandler, bob, { password: 'secret of bob' })
    expect(shard.ask(listMembersHandler, ada, { listId }).users).toEqual([])
  })

  test('whoever was decided to be followed meanwhile is answered all the same', () => {
    const { shard, ada, bob } = world()
    const follow = shard.prepare(userFollowHandler, bob, { userId: ada })
    follow.decide()
    shard.ask(accountDeleteHandler, ada, { password })
    expect(follow.land()).toMatchObject({ kind: 'answered' })
    // The primary of the follower has settled it.
    expect(shard.ask(userGetHandler, bob, { user: { id: bob } }).user.counts.following).toBe(0)
  })
})
