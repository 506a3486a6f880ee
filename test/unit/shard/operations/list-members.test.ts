import { describe, expect, test } from 'vitest'
import { listMembersHandler } from '../../../../shard/operations/list-members.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'
import { stranger } from '../../../helpers/one-shard.ts'

describe('list.members', () => {
  test('the newest account comes first, in pages that hold each once', () => {
    const { shard, bob, cid, dan, list } = world()
    const listId = list([cid, bob, dan])
    const found: number[] = []
    let before: number | undefined
    do {
      const params = { listId, limit: 1, ...(before === undefined ? {} : { before }) }
      const page = shard.ask(listMembersHandler, dan, params)
      found.push(...page.users.map(({ id }) => id))
      before = page.olderCursor
    } while (before !== undefined)
    expect(found).toEqual([bob, cid, dan].sort((left, right) => right - left))
  })

  test('a block between owner and member takes effect at once, and back', () => {
    const { shard, ada, bob, cid, dan, block, list } = world()
    const listId = list([bob, cid])
    block(bob, ada)
    const members = () => shard.ask(listMembersHandler, dan, { listId }).users.map(({ id }) => id)
    expect(members()).toEqual([cid])
    shard.ask(userUnblockHandler, bob, { userId: ada })
    expect(members()).toHaveLength(2)
  })

  test('without an account that is suspended, and no page is shorter (I5)', () => {
    const { shard, bob, cid, dan, list } = world()
    const listId = list([bob, cid, dan])
    shard.ask(userSuspendHandler, stranger, { handle: 'cid', by: 'moira', reason: 'sells rooks' })
    const { users, olderCursor } = shard.ask(listMembersHandler, dan, { listId, limit: 2 })
    expect(users.map(({ id }) => id)).toEqual([dan, bob])
    expect(olderCursor).toBeUndefined()
  })

  test('of a private list, for the owner alone (I5)', () => {
    const { shard, bob, list } = world()
    const listId = list([bob], { private: true })
    expect(shard.call(listMembersHandler, bob, { listId })).toMatchObject(notFound('listId'))
  })
})
