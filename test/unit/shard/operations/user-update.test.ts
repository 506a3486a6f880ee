import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { userUpdate } from '../../../../protocol/operations/user-update.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { mediaCreateHandler } from '../../../../shard/operations/media-create.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowRequestsHandler } from '../../../../shard/operations/user-follow-requests.ts'
import { userFollowingHandler } from '../../../../shard/operations/user-following.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { userFlag } from '../../../../shard/state/users/user-flags.ts'
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

describe('the pictures of a profile', () => {
  test('are photos that the user has uploaded: the avatar small, the header whole', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const [avatarId, headerId] = [upload(shard, alice, 1), upload(shard, alice, 2)]
    const { user } = shard.ask(userUpdateHandler, alice, { avatarId, headerId })
    expect(user).toMatchObject({
      avatarUrl: `/v1/media/${avatarId}/thumbnail`,
      headerUrl: `/v1/media/${headerId}`,
    })
    // What is shown already can be given again, when the upload is long over.
    shard.nowMs += 10 * dayMs
    const logged = shard.log.length
    shard.ask(userUpdateHandler, alice, { avatarId, headerId })
    expect(shard.log).toHaveLength(logged)
  })

  test('keep their files for as long as a profile shows them', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const [one, two] = [upload(shard, alice, 1), upload(shard, alice, 2)]
    const isUsed = () => [one, two].map((id) => shard.state.tweets.files.isUsed(id))
    shard.ask(userUpdateHandler, alice, { avatarId: one, headerId: two })
    shard.ask(userUpdateHandler, bob, { avatarId: upload(shard, bob, 1), bio: one })
    expect(isUsed()).toEqual([true, true])
    shard.ask(userUpdateHandler, alice, { avatarId: two, headerId: '' })
    expect(isUsed()).toEqual([true, true])
    shard.ask(userUpdateHandler, bob, { avatarId: '' })
    expect(isUsed()).toEqual([false, true])
    shard.ask(accountDeleteHandler, alice, { password: 'secret of alice' })
    expect(isUsed()).toEqual([false, false])
  })

  test('are refused where they are a video, or an upload of somebody else', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const video = upload(shard, alice, 1, 'webm')
    expect(shard.call(userUpdateHandler, alice, { avatarId: video })).toMatchObject({
      error: { code: 'bad_request', field: 'avatarId' },
    })
    const headerId = upload(shard, bob, 2)
    expect(shard.call(userUpdateHandler, alice, { headerId })).toMatchObject({
      error: { code: 'not_found', field: 'headerId' },
    })
  })
})

const dayMs = 24 * 60 * 60 * 1000

function upload(shard: OneShard, owner: UserId, number: number, type: 'jpg' | 'webm' = 'jpg') {
  const mediaId = mediaIdOf(Buffer.alloc(32, number), type)
  const size = { bytes: 9, width: 640, height: 480 }
  shard.ask(mediaCreateHandler, owner, { mediaId, ...size, unattachedMs: dayMs })
  return mediaId
}
