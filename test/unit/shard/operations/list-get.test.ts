import { describe, expect, test } from 'vitest'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'
import { stranger } from '../../../helpers/one-shard.ts'

describe('list.get', () => {
  test('says what the reader has to do with it', () => {
    const { shard, ada, dan, list } = world()
    const listId = list()
    const viewer = (reader: typeof dan) => shard.ask(listGetHandler, reader, { listId }).list.viewer
    expect(viewer(dan)).toEqual({ following: false })
    expect(viewer(ada)).toBeUndefined()
    expect(viewer(stranger)).toBeUndefined()
  })

  test("a private list is its owner's alone (I5)", () => {
    const { shard, ada, bob, dan, list } = world()
    const listId = list([bob], { private: true })
    expect(shard.ask(listGetHandler, ada, { listId }).list.private).toBe(true)
    for (const reader of [bob, dan, stranger]) {
      expect(shard.call(listGetHandler, reader, { listId })).toMatchObject(notFound('listId'))
    }
  })

  test('lists of one who blocks the reader, or is protected, are hidden (I5)', () => {
    const { shard, ada, bob, dan, block, protect, list } = world()
    const listId = list()
    block(ada, bob)
    expect(shard.call(listGetHandler, bob, { listId })).toMatchObject(notFound('listId'))
    expect(shard.call(listGetHandler, dan, { listId })).toMatchObject({ kind: 'answered' })
    protect(ada)
    expect(shard.call(listGetHandler, dan, { listId })).toMatchObject(notFound('listId'))
  })

  test('an unknown list is absent', () => {
    const { shard, ada } = world()
    const absent = { kind: 'absent', partition: 13, field: 'listId' }
    expect(shard.call(listGetHandler, ada, { listId: shard.newId(13) })).toEqual(absent)
  })
})
