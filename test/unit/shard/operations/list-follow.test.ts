import { describe, expect, test } from 'vitest'
import { collectionsFollowedMax } from '../../../../protocol/limits.ts'
import { followCollection } from '../../../../shard/operations/collection.ts'
import { listDeleteHandler } from '../../../../shard/operations/list-delete.ts'
import { listFollowHandler } from '../../../../shard/operations/list-follow.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { fill, notFound, world } from '../../../helpers/collection-world.ts'

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

  test('what was deleted does not count, and gives its place away', () => {
    const { shard, ada, dan, list } = world()
    const [gone, next] = [list(), list()]
    shard.ask(listFollowHandler, dan, { listId: gone })
    fill(shard, { kind: 'followedLists', user: dan, count: collectionsFollowedMax - 1 })
    const tooMany = { kind: 'failed', error: { code: 'too_large' } }
    expect(shard.call(listFollowHandler, dan, { listId: next })).toMatchObject(tooMany)
    shard.ask(listDeleteHandler, ada, { listId: gone })
    shard.ask(listFollowHandler, dan, { listId: next })
    const followed = shard.state.marks('followedLists')
    const user = shard.state.users.find(dan)
    expect([gone, next].filter((id) => followed.has(user, id))).toEqual([next])
    expect(followed.length(user)).toBe(collectionsFollowedMax)
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
