import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../../../protocol/ids.ts'
import { routeOf } from '../../../../server/links/router.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowingHandler } from '../../../../shard/operations/user-following.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('user.following', () => {
  test('lists those whom ada follows, the newest account first, with the flags of nobody', () => {
    const { shard, ada, others } = adaFollows(['bob', 'carol', 'dan'])
    const [bob, carol, dan] = others as [UserId, UserId, UserId]
    const { users } = shard.ask(userFollowingHandler, ada, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([dan, carol, bob])
    expect(users.map(({ viewer }) => viewer)).toEqual([undefined, undefined, undefined])
  })

  test('whoever was unfollowed is not in it any more', () => {
    const { shard, ada, others } = adaFollows(['bob', 'carol'])
    const [bob, carol] = others as [UserId, UserId]
    shard.ask(userUnfollowHandler, ada, { userId: carol })
    const { users } = shard.ask(userFollowingHandler, bob, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([bob])
  })

  test('I5: an account that is suspended is left out', () => {
    const { shard, ada, others } = adaFollows(['bob', 'carol'])
    shard.ask(userSuspendHandler, stranger, { handle: 'carol', by: 'moira', reason: 'sells rooks' })
    const { users } = shard.ask(userFollowingHandler, ada, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([others[0]])
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

  test('is asked where the user lives, who is known there with all their edges', () => {
    const shard = new OneShard({ hosts: ['ada'] })
    const [ada] = shard.signUp('ada')
    const zoe = shard.hearOf('zoe')
    for (const [actor, userId] of [
      [ada, zoe],
      [zoe, ada],
      [stranger, zoe],
    ] as const) {
      const request = { actor, params: { userId } }
      const asked = routeOf(userFollowingHandler.operation, request, shard.partitionCount)
      expect(asked).toBe(partitionOfId(userId))
    }
  })
})

function adaFollows(whom: readonly string[]) {
  const shard = new OneShard()
  const [ada] = shard.signUp('ada')
  const others = shard.signUp(...whom)
  for (const userId of others) shard.ask(userFollowHandler, ada, { userId })
  return { shard, ada, others }
}
