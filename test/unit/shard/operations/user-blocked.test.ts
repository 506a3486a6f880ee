import { expect, test } from 'vitest'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userBlockedHandler } from '../../../../shard/operations/user-blocked.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

test("user.blocked: all of one's own, page by page, and nobody else's", () => {
  const shard = new OneShard()
  const [alice, bob, carol, dora, eve] = shard.signUp('alice', 'bob', 'carol', 'dora', 'eve')
  for (const userId of [carol, bob, dora]) shard.ask(userBlockHandler, alice, { userId })
  shard.ask(userBlockHandler, bob, { userId: eve })
  const first = shard.ask(userBlockedHandler, alice, { limit: 2 })
  expect(first.users.map(({ id }) => id)).toEqual([dora, carol])
  expect(first.users[0]?.viewer?.blocking).toBe(true)
  const { olderCursor } = first
  const second = shard.ask(userBlockedHandler, alice, {
    limit: 2,
    ...(olderCursor ? { before: olderCursor } : {}),
  })
  expect(second.users.map(({ id }) => id)).toEqual([bob])
  expect(second.olderCursor).toBeUndefined()
  expect(shard.call(userBlockedHandler, stranger, {})).toMatchObject({
    error: { code: 'unauthenticated' },
  })
})
