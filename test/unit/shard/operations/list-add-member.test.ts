import { describe, expect, test } from 'vitest'
import { listMembersMax } from '../../../../protocol/limits.ts'
import { listAddMemberHandler } from '../../../../shard/operations/list-add-member.ts'
import { listMembersHandler } from '../../../../shard/operations/list-members.ts'
import { forbidden, world } from '../../../helpers/collection-world.ts'

describe('list.addMember', () => {
  test('puts a user in once', () => {
    const { shard, ada, bob, list } = world()
    const listId = list()
    const add = () => shard.ask(listAddMemberHandler, ada, { listId, userId: bob })
    expect(add().list.counts.members).toBe(1)
    const logged = shard.log.length
    expect(add().list.counts.members).toBe(1)
    expect(shard.log).toHaveLength(logged)
    expect(shard.ask(listMembersHandler, ada, { listId }).users).toMatchObject([{ id: bob }])
  })

  test('not across a block, whoever blocks', () => {
    const { shard, ada, bob, cid, block, list } = world()
    const listId = list()
    block(bob, ada)
    block(ada, cid)
    for (const userId of [bob, cid]) {
      const added = shard.call(listAddMemberHandler, ada, { listId, userId })
      expect(added).toMatchObject({ kind: 'refused', code: 'blocked' })
    }
  })

  test('a list has at most so many members', () => {
    const { shard, ada, bob, list } = world()
    const listId = list()
    for (let count = 0; count < listMembersMax; count++) {
      shard.state.collections.put(listId, shard.newId(3))
    }
    const added = shard.call(listAddMemberHandler, ada, { listId, userId: bob })
    expect(added).toMatchObject({ kind: 'failed', error: { code: 'too_large' } })
  })

  test('is for the owner alone', () => {
    const { shard, bob, dan, list } = world()
    const added = shard.call(listAddMemberHandler, dan, { listId: list(), userId: bob })
    expect(added).toMatchObject(forbidden('listId'))
  })
})
