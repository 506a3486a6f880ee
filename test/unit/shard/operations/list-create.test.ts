import { describe, expect, test } from 'vitest'
import { collectionsOwnedMax } from '../../../../protocol/limits.ts'
import { listCreateHandler } from '../../../../shard/operations/list-create.ts'
import { listDeleteHandler } from '../../../../shard/operations/list-delete.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { listsOfUserHandler } from '../../../../shard/operations/lists-of-user.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('list.create', () => {
  test('makes an empty list, which everybody finds', () => {
    const { shard, ada, dan } = world()
    const given = { name: ' Chess ', description: 'Those who play' }
    const { list } = shard.ask(listCreateHandler, ada, { ...given, name: 'Chess' })
    expect(list).toMatchObject({ ownerId: ada, name: 'Chess', description: 'Those who play' })
    expect(list).toMatchObject({ private: false, counts: { members: 0, followers: 0 } })
    expect(list.viewer).toBeUndefined()
    const found = shard.ask(listGetHandler, dan, { listId: list.id })
    expect(found.list).toEqual({ ...list, viewer: { following: false } })
    expect(found.users).toMatchObject([{ id: ada }])
  })

  test('a retry finds the list that the first attempt has made, also when it is the last', () => {
    const { shard, ada } = world()
    const params = { name: 'Chess', operationId: 'key-1' }
    const { list } = shard.ask(listCreateHandler, ada, params)
    expect(shard.ask(listCreateHandler, ada, params).list).toEqual(list)
    expect(shard.ask(listsOfUserHandler, ada, { userId: ada }).lists).toHaveLength(1)
    shard.ask(listDeleteHandler, ada, { listId: list.id })
    const again = shard.call(listCreateHandler, ada, params)
    expect(again).toMatchObject({ kind: 'failed', error: { code: 'not_found' } })
  })

  test('one user has at most so many', () => {
    const { shard, ada } = world()
    const create = () => shard.call(listCreateHandler, ada, { name: 'Chess' })
    for (let count = 0; count < collectionsOwnedMax; count++) create()
    expect(create()).toMatchObject({ kind: 'failed', error: { code: 'too_large' } })
  })
})
