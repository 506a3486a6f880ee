import { describe, expect, test } from 'vitest'
import { listsOfUserHandler } from '../../../../shard/operations/lists-of-user.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('lists.ofUser', () => {
  test('the newest comes first, private ones only for themselves (I5)', () => {
    const { shard, ada, dan, list } = world()
    const made = [list(), list([], { private: true }), list()]
    const seen = (reader: typeof ada) =>
      shard.ask(listsOfUserHandler, reader, { userId: ada }).lists.map(({ id }) => id)
    expect(seen(ada)).toEqual([...made].reverse())
    expect(seen(dan)).toEqual([made[2], made[0]])
  })

  test('pages hold each once', () => {
    const { shard, ada, dan, list } = world()
    const made = [list(), list([], { private: true }), list(), list()]
    const first = shard.ask(listsOfUserHandler, dan, { userId: ada, limit: 2 })
    expect(first.lists.map(({ id }) => id)).toEqual([made[3], made[2]])
    expect(first.users).toMatchObject([{ id: ada }])
    const before = first.olderCursor as number
    const second = shard.ask(listsOfUserHandler, dan, { userId: ada, limit: 2, before })
    expect(second.lists.map(({ id }) => id)).toEqual([made[0]])
    expect(second.olderCursor).toBeUndefined()
  })
})
