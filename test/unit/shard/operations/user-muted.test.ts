import { expect, test } from 'vitest'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userMutedHandler } from '../../../../shard/operations/user-muted.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

test("user.muted: all of one's own, page by page, and nobody else's", () => {
  const shard = new OneShard()
  const [alice, bob, carol, dora, eve] = shard.signUp('alice', 'bob', 'carol', 'dora', 'eve')
  for (const userId of [carol, bob, dora]) shard.ask(userMuteHandler, alice, { userId })
  shard.ask(userMuteHandler, bob, { userId: eve })
  const first = shard.ask(userMutedHandler, alice, { limit: 2 })
  expect(first.users.map(({ id }) => id)).toEqual([dora, carol])
  expect(first.users[0]?.viewer?.muting).toBe(true)
  const { olderCursor } = first
  const second = shard.ask(userMutedHandler, alice, {
    limit: 2,
    ...(olderCursor ? { before: olderCursor } : {}),
  })
  expect(second.users.map(({ id }) => id)).toEqual([bob])
  expect(second.olderCursor).toBeUndefined()
  expect(shard.call(userMutedHandler, stranger, {})).toMatchObject({
    error: { code: 'unauthenticated' },
  })
})
