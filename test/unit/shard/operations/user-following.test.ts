import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../../../protocol/ids.ts'
import { routeOf } from '../../../../server/router.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowingHandler } from '../../../../shard/operations/user-following.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('user.following', () => {
  test('lists those whom ada follows, the newest account first, with the flags of the reader', () => {
    const { shard, ada, others } = adaFollows(['bob', 'carol', 'dan'])
    const [bob, carol, dan] = others as [UserId, UserId, UserId]
    shard.ask(userFollowHandler, carol, { userId: ada })
    const { users } = shard.ask(userFollowingHandler, ada, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([dan, carol, bob])
    expect(users.map(({ viewer }) => viewer)).toMatchObject([
      { following: true, followedBy: false },
      { following: true, followedBy: true },
      { following: true, followedBy: false },
    ])
    const seen = shard.ask(userFollowingHandler, stranger, { userId: ada })
    expect(seen.users.map(({ viewer }) => viewer)).toEqual([undefined, undefined, undefined])
  })

  test('whoever was unfollowed is not in it any more', () => {
    const { shard, ada, others } = adaFollows(['bob', 'carol'])
    const [bob, carol] = others as [UserId, UserId]
    shard.ask(userUnfollowHandler, ada, { userId: carol })
    const { users } = shard.ask(userFollowingHandler, bob, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([bob])
  })

  test('one at a time: each page has one, a cursor, and the last has none', () => {
    const { shard, ada, others } = adaFollows(['bob', 'carol'])
    const [bob, carol] = others as [UserId, UserId]
    const page = (before?: number) =>
      shard.ask(userFollowingHandler, stranger, {
        userId: ada,
        limit: 1,
        ...(before === undefined ? {} : { before }),
      })
    expect(page()).toMatchObject({ users: [{ id: carol }], olderCursor: carol })
    const last = page(carol)
    expect(last).toMatchObject({ users: [{ id: bob }] })
    expect(last.olderCursor).toBeUndefined()
    expect(page(bob)).toEqual({ users: [] })
  })

  test('twenty at a time where nobody says how many', () => {
    const names = Array.from({ length: 21 }, (_, number) => `user_${number}`)
    const { shard, ada, others } = adaFollows(names)
    const { users, olderCursor } = shard.ask(userFollowingHandler, stranger, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([...others].reverse().slice(0, 20))
    expect(olderCursor).toBe(others[1])
  })

  test('somebody unknown is absent', () => {
    const shard = new OneShard()
    const userId = shard.newId(8) as UserId
    const absent = { kind: 'absent', partition: 8, field: 'userId' }
    expect(shard.call(userFollowingHandler, stranger, { userId })).toEqual(absent)
  })

  test('somebody followed whose sign-up has not come yet is left out', () => {
    const shard = new OneShard({ hosts: ['ada'] })
    const [ada] = shard.signUp('ada')
    const zoe = shard.newId(partitionOfHandle('zoe', shard.partitionCount)) as UserId
    shard.hear(userFollowHandler.operation, { followerId: ada, followeeId: zoe })
    expect(shard.ask(userFollowingHandler, ada, { userId: ada })).toEqual({ users: [] })
  })

  test('a reader sees all whom somebody of another process follows, too', () => {
    const shard = new OneShard({ hosts: ['ada'] })
    const [ada] = shard.signUp('ada')
    const [zoe, yan] = [shard.hearOf('zoe'), shard.hearOf('yan')]
    shard.hear(userFollowHandler.operation, { followerId: zoe, followeeId: yan })
    const request = { actor: ada, params: { userId: zoe } }
    const asked = routeOf(userFollowingHandler.operation, request, shard.partitionCount)
    const isAskedAtHome = asked === partitionOfId(zoe)
    const { users } = shard.ask(userFollowingHandler, ada, { userId: zoe })
    const isComplete = users.some(({ id }) => id === yan)
    // Either the request goes to where the edges of zoe are kept, or they are kept here.
    expect({ isAskedAtHome, isComplete }).not.toEqual({ isAskedAtHome: false, isComplete: false })
  })
})

function adaFollows(whom: readonly string[]) {
  const shard = new OneShard()
  const [ada] = shard.signUp('ada')
  const others = shard.signUp(...whom)
  for (const userId of others) shard.ask(userFollowHandler, ada, { userId })
  return { shard, ada, others }
}
