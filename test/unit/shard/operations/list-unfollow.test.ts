import { describe, expect, test } from 'vitest'
import { listFollowHandler } from '../../../../shard/operations/list-follow.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { listUnfollowHandler } from '../../../../shard/operations/list-unfollow.ts'
import { listUpdateHandler } from '../../../../shard/operations/list-update.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('list.unfollow', () => {
  test('ends the follow, once', () => {
    const { shard, dan, list } = world()
    const listId = list()
    shard.ask(listFollowHandler, dan, { listId })
    for (let time = 0; time < 2; time++) {
      expect(shard.ask(listUnfollowHandler, dan, { listId })).toEqual({})
      expect(shard.ask(listGetHandler, dan, { listId }).list).toMatchObject({
        counts: { followers: 0 },
        viewer: { following: false },
      })
    }
  })

  test('also of a list that is hidden by now', () => {
    const { shard, ada, dan, list } = world()
    const listId = list()
    shard.ask(listFollowHandler, dan, { listId })
    shard.ask(listUpdateHandler, ada, { listId, private: true })
    shard.ask(listUnfollowHandler, dan, { listId })
    expect(shard.ask(listGetHandler, ada, { listId }).list.counts.followers).toBe(0)
  })
})
