import { describe, expect, test } from 'vitest'
import { followCollection } from '../../../../shard/operations/collection.ts'
import { listFollowHandler } from '../../../../shard/operations/list-follow.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'

describe('list.follow', () => {
  test('is counted once', () => {
    const { shard, dan, list } = world()
    const listId = list()
    for (let time = 0; time < 2; time++) {
      expect(shard.ask(listFollowHandler, dan, { listId })).toEqual({})
      const { counts, viewer } = shard.ask(listGetHandler, dan, { listId }).list
      expect({ counts, viewer }).toMatchObject({
        counts: { followers: 1 },
        viewer: { following: true },
      })
    }
  })

  test("not of a list of one's own, and not of one that is hidden", () => {
    const { shard, ada, dan, list } = world()
    const own = shard.call(listFollowHandler, ada, { listId: list() })
    expect(own).toMatchObject({ kind: 'refused', code: 'cannot_follow_own' })
    const hidden = shard.call(listFollowHandler, dan, { listId: list([], { private: true }) })
    expect(hidden).toMatchObject(notFound('listId'))
  })

  test('counts also where a process hears of the follow before it hears of the list', () => {
    const { shard, dan, list } = world()
    const listId = list()
    shard.ask(listFollowHandler, dan, { listId })
    for (const orderOf of [ascending, descending]) shard.expectRecovery(orderOf)
    expect(shard.ask(listGetHandler, dan, { listId }).list.counts.followers).toBe(1)
    const late = new ShardState()
    followCollection(late, { kind: 'list', id: listId, actorId: dan })
    expect(late.collections.followersOf(listId)).toBe(1)
  })
})

function ascending(partitions: readonly number[]): readonly number[] {
  return [...partitions].sort((left, right) => left - right)
}

function descending(partitions: readonly number[]): readonly number[] {
  return [...ascending(partitions)].reverse()
}
