import { describe, expect, test } from 'vitest'
import { listMembersHandler } from '../../../../shard/operations/list-members.ts'
import { listRemoveMemberHandler } from '../../../../shard/operations/list-remove-member.ts'
import { forbidden, world } from '../../../helpers/collection-world.ts'

describe('list.removeMember', () => {
  test('takes a user out; a second time changes nothing', () => {
    const { shard, ada, bob, cid, list } = world()
    const listId = list([bob, cid])
    const remove = () => shard.ask(listRemoveMemberHandler, ada, { listId, userId: bob })
    expect(remove().list.counts.members).toBe(1)
    const logged = shard.log.length
    remove()
    expect(shard.log).toHaveLength(logged)
    expect(shard.ask(listMembersHandler, ada, { listId }).users).toMatchObject([{ id: cid }])
  })

  test('is for the owner alone, also where one is a member oneself', () => {
    const { shard, bob, list } = world()
    const removed = shard.call(listRemoveMemberHandler, bob, { listId: list([bob]), userId: bob })
    expect(removed).toMatchObject(forbidden('listId'))
  })
})
