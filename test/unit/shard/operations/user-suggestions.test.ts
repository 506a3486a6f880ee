import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userSuggestionsHandler } from '../../../../shard/operations/user-suggestions.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const [ada, bob, cleo, dan, eve] = shard.signUp('ada', 'bob', 'cleo', 'dan', 'eve')
  const follow = (follower: UserId, ...followees: UserId[]) => {
    for (const userId of followees) shard.ask(userFollowHandler, follower, { userId })
  }
  const suggested = (reader: UserId, limit = 20) =>
    shard.ask(userSuggestionsHandler, reader, { limit }).users.map(({ id }) => id)
  return { shard, ada, bob, cleo, dan, eve, follow, suggested }
}

describe('user.suggestions', () => {
  test('are those whom people follow who follow the same, by how many ways lead there', () => {
    const { ada, bob, cleo, dan, eve, follow, suggested } = world()
    follow(ada, bob)
    follow(cleo, bob, dan)
    follow(eve, bob, dan, cleo)
    expect(suggested(ada)).toEqual([dan, cleo])
    expect(suggested(ada, 1)).toEqual([dan])
  })

  test('are anybody whom people follow, for somebody who follows nobody yet', () => {
    const { ada, bob, cleo, follow, suggested } = world()
    follow(cleo, bob)
    expect(suggested(ada)).toEqual([bob])
  })

  test('are nobody where there is nobody', () => {
    const { ada, suggested } = world()
    expect(suggested(ada)).toEqual([])
  })

  test('I5: never somebody blocked, blocking, muted or asked already', () => {
    const { shard, ada, bob, cleo, dan, eve, follow, suggested } = world()
    const [fay, gus] = shard.signUp('fay', 'gus')
    follow(ada, bob)
    follow(cleo, bob, dan, eve, fay, gus)
    expect(suggested(ada).sort()).toEqual([dan, eve, fay, gus].sort())
    shard.ask(userBlockHandler, ada, { userId: dan })
    shard.ask(userBlockHandler, eve, { userId: ada })
    shard.ask(userMuteHandler, ada, { userId: fay })
    shard.ask(userUpdateHandler, gus, { protected: true })
    expect(suggested(ada)).toEqual([gus])
    follow(ada, gus)
    expect(suggested(ada)).toEqual([])
  })

  test('I5: do not tell whom somebody follows who hides it from the reader', () => {
    const { shard, ada, bob, cleo, dan, eve, follow, suggested } = world()
    follow(cleo, bob, dan)
    shard.ask(userUpdateHandler, cleo, { protected: true })
    // Of who follows nobody anybody is asked, of others those alike.
    for (const reader of [eve, ada]) {
      if (reader === ada) follow(ada, bob)
      expect(suggested(reader), `${reader}`).toEqual([])
    }
    follow(ada, cleo)
    shard.ask(userApproveFollowHandler, cleo, { userId: ada })
    expect(suggested(ada)).toEqual([dan])
    shard.ask(userUpdateHandler, cleo, { protected: false })
    expect(suggested(eve).sort()).toEqual([bob, cleo, dan].sort())
    shard.ask(userBlockHandler, cleo, { userId: eve })
    expect(suggested(eve)).not.toContain(dan)
  })

  test('in any graph: nobody twice, nobody who is followed, never oneself, and the same when asked again', () => {
    const edges = fc.array(fc.tuple(fc.nat({ max: 29 }), fc.nat({ max: 29 })), { maxLength: 150 })
    fc.assert(
      fc.property(edges, fc.integer({ min: 1, max: 10 }), (pairs, limit) => {
        const shard = new OneShard()
        const people = shard.signUp(...Array.from({ length: 30 }, (_, number) => `p${number}`))
        for (const [from, to] of pairs) {
          if (from !== to) shard.ask(userFollowHandler, people[from]!, { userId: people[to]! })
        }
        const reader = people[0]!
        const { users } = shard.ask(userSuggestionsHandler, reader, { limit })
        expect(shard.ask(userSuggestionsHandler, reader, { limit }).users).toEqual(users)
        expect(users.length).toBeLessThanOrEqual(limit)
        expect(new Set(users.map(({ id }) => id)).size).toBe(users.length)
        for (const user of users) {
          expect(user.id).not.toBe(reader)
          expect(user.viewer?.following).toBe(false)
        }
      }),
      { numRuns: 15 },
    )
  })
})
