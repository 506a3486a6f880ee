import { describe, expect, test } from 'vitest'
import { userUpdate } from '../../../../protocol/operations/user-update.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowRequestsHandler } from '../../../../shard/operations/user-follow-requests.ts'
import { userFollowingHandler } from '../../../../shard/operations/user-following.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { userFlag } from '../../../../shard/state/user-flags.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('user.update', () => {
  test('what is given changes, what is not stays, and an empty text takes a field away', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const given = { name: 'Alice', bio: 'Rooks', location: 'Ely', website: 'https://example.org/a' }
    expect(shard.ask(userUpdateHandler, alice, given).user).toMatchObject(given)
    const { user } = shard.ask(userUpdateHandler, alice, { location: '', bio: '' })
    expect(user).toMatchObject({ name: 'Alice', bio: '', website: 'https://example.org/a' })
    expect(user).not.toHaveProperty('location')
    expect(shard.ask(userGetHandler, stranger, { user: { handle: 'alice' } }).user).toEqual(user)
  })

  test('where nothing changes, nothing is logged', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const logged = shard.log.length
    shard.ask(userUpdateHandler, alice, { name: 'alice', location: '', protected: false })
    expect(shard.log).toHaveLength(logged)
  })

  test('a website is a web address, and a place is short', () => {
    const { website, location } = userUpdate.request
    const isRight = (field: typeof website, text: string) =>
      typeof field.of.rule?.(text) === 'string'
    expect(isRight(website, 'https://example.org/rooks?all')).toBe(true)
    expect(isRight(website, 'javascript:alert(1)')).toBe(false)
    expect(isRight(website, 'https://a b')).toBe(false)
    expect(isRight(location, 'x'.repeat(31))).toBe(false)
  })

  test('a protected account keeps its followers, and is read by them and nobody else', () => {
    const shard = new OneShard()
    const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
    shard.ask(userFollowHandler, bob, { userId: alice })
    const tweetId = shard.post(alice, 'for friends')
    expect(shard.ask(userUpdateHandler, alice, { protected: true }).user.protected).toBe(true)
    const readBy = (reader: typeof bob) =>
      shard.ask(timelineUserHandler, reader, { userId: alice }).tweets.map(({ id }) => id)
    expect([alice, bob].map(readBy)).toEqual([[tweetId], [tweetId]])
    expect([carol, stranger].map(readBy)).toEqual([[], []])
    const list = shard.call(userFollowingHandler, carol, { userId: alice })
    expect(list).toMatchObject({ error: { code: 'forbidden' } })
    shard.ask(userUpdateHandler, alice, { protected: false })
    expect(readBy(carol)).toEqual([tweetId])
  })

  test('who waits when it opens still waits, and may be approved or follow anew', () => {
    const shard = new OneShard()
    const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
    shard.ask(userUpdateHandler, alice, { protected: true })
    shard.ask(userFollowHandler, bob, { userId: alice })
    shard.ask(userFollowHandler, carol, { userId: alice })
    shard.ask(userUpdateHandler, alice, { protected: false })
    expect(shard.ask(userFollowRequestsHandler, alice, {}).users).toHaveLength(2)
    const { user } = shard.ask(userFollowHandler, bob, { userId: alice })
    expect(user.viewer).toMatchObject({ following: true, requested: false })
    shard.ask(userApproveFollowHandler, alice, { userId: carol })
    expect(shard.ask(userGetHandler, alice, { user: { id: alice } }).user.counts.followers).toBe(2)
  })

  test('the flag of a card that comes out of a snapshot is that of the card', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { users } = shard.state
    for (const isProtected of [true, false]) {
      shard.ask(userUpdateHandler, alice, { protected: isProtected })
      const restored = new OneShard().state.users
      const card = users.card(users.find(alice)).slice()
      const id = shard.newId(0) + (isProtected ? 1 : 2)
      const copy = restored.index.intern(id)
      restored.restoreCard(copy, card, { from: 0, to: card.length })
      expect(restored.flags.get(copy) & userFlag.isProtected).toBe(isProtected ? 1 : 0)
    }
  })
})
