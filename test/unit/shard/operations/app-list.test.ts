import { describe, expect, test } from 'vitest'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appListHandler } from '../../../../shard/operations/app-list.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('app.list', () => {
  test("shows one's own applications, the oldest first, and never a key", () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const made = ['one', 'two'].map((name) => shard.ask(appCreateHandler, alice, { name }))
    shard.ask(appCreateHandler, bob, { name: "bob's" })
    expect(shard.ask(appListHandler, alice, {}).apps).toEqual(made.map(({ app }) => app))
  })

  test('is empty at first, and for those who signed in alone', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    expect(shard.ask(appListHandler, alice, {}).apps).toEqual([])
    expect(shard.call(appListHandler, stranger, {})).toMatchObject({
      error: { code: 'unauthenticated' },
    })
  })
})
