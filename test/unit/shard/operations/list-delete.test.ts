import { describe, expect, test } from 'vitest'
import { listDeleteHandler } from '../../../../shard/operations/list-delete.ts'
import { listFollowHandler } from '../../../../shard/operations/list-follow.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { listsFollowedHandler } from '../../../../shard/operations/lists-followed.ts'
import { forbidden, world } from '../../../helpers/collection-world.ts'

describe('list.delete', () => {
  test('the list is gone for everybody, and so for those who follow it', () => {
    const { shard, ada, bob, dan, list } = world()
    const listId = list([bob])
    shard.ask(listFollowHandler, dan, { listId })
    expect(shard.ask(listDeleteHandler, ada, { listId })).toEqual({})
    expect(shard.call(listGetHandler, ada, { listId })).toMatchObject({ kind: 'absent' })
    expect(shard.ask(listsFollowedHandler, dan, {})).toEqual({ lists: [], users: [] })
  })

  test('is for the owner alone', () => {
    const { shard, dan, list } = world()
    const listId = list()
    expect(shard.call(listDeleteHandler, dan, { listId })).toMatchObject(forbidden('listId'))
  })
})
