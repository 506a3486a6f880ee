import { describe, expect, test } from 'vitest'
import { listFollowHandler } from '../../../../shard/operations/list-follow.ts'
import { listUpdateHandler } from '../../../../shard/operations/list-update.ts'
import { listsFollowedHandler } from '../../../../shard/operations/lists-followed.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('lists.followed', () => {
  test('has those that the reader can see, with their owners', () => {
    const { shard, ada, dan, list } = world()
    const [first, second] = [list(), list()]
    for (const listId of [second, first]) shard.ask(listFollowHandler, dan, { listId })
    const page = shard.ask(listsFollowedHandler, dan, {})
    expect(page.lists.map(({ id }) => id)).toEqual([second, first])
    expect(page.users).toMatchObject([{ id: ada }])
  })

  test('a list that became private is left out, and comes back with its being public (I5)', () => {
    const { shard, ada, dan, list } = world()
    const listId = list()
    shard.ask(listFollowHandler, dan, { listId })
    shard.ask(listUpdateHandler, ada, { listId, private: true })
    expect(shard.ask(listsFollowedHandler, dan, {}).lists).toEqual([])
    shard.ask(listUpdateHandler, ada, { listId, private: false })
    expect(shard.ask(listsFollowedHandler, dan, {}).lists).toHaveLength(1)
  })

  test('so is a list of one who blocks the reader (I5)', () => {
    const { shard, ada, dan, block, list } = world()
    shard.ask(listFollowHandler, dan, { listId: list() })
    block(ada, dan)
    expect(shard.ask(listsFollowedHandler, dan, {})).toEqual({ lists: [], users: [] })
  })
})
