import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../../../protocol/ids.ts'
import { routeOf } from '../../../../server/links/router.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowersHandler } from '../../../../shard/operations/user-followers.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { userUnsuspendHandler } from '../../../../shard/operations/user-unsuspend.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const action = { handle: 'carol', by: 'moira', reason: 'sells rooks' }

describe('user.followers', () => {
  test('lists those who follow, the newest account first, with the flags of nobody', () => {
    const { shard, ada, followers } = adaIsFollowed(['bob', 'carol', 'dan'])
    const [bob, carol, dan] = followers as [UserId, UserId, UserId]
    const { users, olderCursor } = shard.ask(userFollowersHandler, bob, { userId: ada })
    expect(users.map(({ id }) => id)).toEqual([dan, carol, bob])
    expect(users.map(({ viewer }) => viewer)).toEqual([undefined, undefined, undefined])
    expect(olderCursor).toBeUndefined()
  })

  test('pages hold everybody once, whatever the limit, and the last one has no cursor', () => {
    const { shard, ada, followers } = adaIsFollowed(['u1', 'u2', 'u3', 'u4', 'u5'])
    for (const limit of [1, 2, 3, 4, 5, 6, 100]) {
      const seen = allPages(shard, { userId: ada, limit })
      expect(seen).toEqual([...followers].reverse())
    }
  })

  test('a page does not shift while people come and go', () => {
    const { shard, ada, followers } = adaIsFollowed(['u1', 'u2', 'u3', 'u4'])
    const [u1, u2, u3, u4] = followers as [UserId, UserId, UserId, UserId]
    const first = shard.ask(userFollowersHandler, stranger, { userId: ada, limit: 2 })
    expect(first).toMatchObject({ users: [{ id: u4 }, { id: u3 }], olderCursor: u3 })
    shard.ask(userUnfollowHandler, u3, { userId: ada })
    const [late] = shard.signUp('late')
    shard.ask(userFollowHandler, late, { userId: ada })
    const before = first.olderCursor as number
    const second = shard.ask(userFollowersHandler, stranger, { userId: ada, before, limit: 2 })
    expect(second.users.map(({ id }) => id)).toEqual([u2, u1])
    expect(second.olderCursor).toBeUndefined()
  })

  test('a page before everybody, and one of nobody, are empty and the last', () => {
    const { shard, ada, followers } = adaIsFollowed(['bob'])
    const [bob] = followers as [UserId]
    const nobody = { users: [] }
    expect(shard.ask(userFollowersHandler, stranger, { userId: ada, before: 1 })).toEqual(nobody)
    expect(shard.ask(userFollowersHandler, stranger, { userId: bob })).toEqual(nobody)
  })

  test('I5: an account that is suspended is left out for as long, and the page is no shorter', () => {
    const { shard, ada, followers } = adaIsFollowed(['bob', 'carol', 'dan'])
    const [bob, carol, dan] = followers as [UserId, UserId, UserId]
    shard.ask(userSuspendHandler, stranger, action)
    expect(allPages(shard, { userId: ada, limit: 1 })).toEqual([dan, bob])
    const both = shard.ask(userFollowersHandler, stranger, { userId: ada, limit: 2 })
    expect(both).toMatchObject({ users: [{ id: dan }, { id: bob }] })
    expect(both.olderCursor).toBeUndefined()
    shard.ask(userUnsuspendHandler, stranger, action)
    expect(allPages(shard, { userId: ada, limit: 1 })).toEqual([dan, carol, bob])
  })

  test('somebody unknown is absent', () => {
    const shard = new OneShard()
    const userId = shard.newId(3) as UserId
    const absent = { kind: 'absent', partition: 3, field: 'userId' }
    expect(shard.call(userFollowersHandler, stranger, { userId })).toEqual(absent)
  })

  test('a follower whose sign-up has not come yet is left out', () => {
    const shard = new OneShard({ hosts: ['ada'] })
    const [ada] = shard.signUp('ada')
    const zoe = shard.newId(partitionOfHandle('zoe', shard.partitionCount)) as UserId
    shard.hear(userFollowHandler.operation, { followerId: zoe, followeeId: ada })
    expect(shard.ask(userFollowersHandler, ada, { userId: ada })).toEqual({ users: [] })
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
      const asked = routeOf(userFollowersHandler.operation, request, shard.partitionCount)
      expect(asked).toBe(partitionOfId(userId))
    }
  })
})

function adaIsFollowed(by: readonly string[]) {
  const shard = new OneShard()
  const [ada] = shard.signUp('ada')
  const followers = shard.signUp(...by)
  for (const follower of followers) shard.ask(userFollowHandler, follower, { userId: ada })
  return { shard, ada, followers }
}

function allPages(shard: OneShard, { userId, limit }: { userId: UserId; limit: number }) {
  const seen: UserId[] = []
  let page: { olderCursor?: number } = {}
  do {
    const before = page.olderCursor === undefined ? {} : { before: page.olderCursor }
    const answer = shard.ask(userFollowersHandler, stranger, { userId, limit, ...before })
    expect(answer.users.length).toBeLessThanOrEqual(limit)
    expect(answer.users.length).toBeGreaterThan(0)
    seen.push(...answer.users.map(({ id }) => id))
    page = answer
  } while (page.olderCursor !== undefined)
  return seen
}
