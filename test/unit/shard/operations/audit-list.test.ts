import { describe, expect, test } from 'vitest'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { auditListHandler } from '../../../../shard/operations/audit-list.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnsuspendHandler } from '../../../../shard/operations/user-unsuspend.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const action = { handle: 'bob', by: 'moira', reason: 'who knows' }

describe('audit.list', () => {
  test('is paged, and names those whom it is about', () => {
    const shard = new OneShard()
    const [bob] = shard.signUp('bob')
    for (let count = 0; count < 3; count++) {
      shard.ask(userSuspendHandler, stranger, action)
      shard.ask(userUnsuspendHandler, stranger, action)
    }
    const partition = partitionOfId(bob)
    const first = shard.ask(auditListHandler, stranger, { partition, limit: 4 })
    expect(first.actions).toHaveLength(4)
    expect(first.users).toMatchObject([{ id: bob, handle: 'bob' }])
    const before = first.olderCursor as number
    const second = shard.ask(auditListHandler, stranger, { partition, limit: 4, before })
    expect(second.olderCursor).toBeUndefined()
    const ids = [...first.actions, ...second.actions].map(({ id }) => id)
    expect(ids).toHaveLength(6)
    expect(ids).toEqual([...ids].sort((left, right) => right - left))
  })

  test('the log of a partition holds what is about its own users', () => {
    const shard = new OneShard()
    const [bob] = shard.signUp('bob')
    shard.ask(userSuspendHandler, stranger, action)
    const elsewhere = (partitionOfId(bob) + 1) % 64
    expect(shard.ask(auditListHandler, stranger, { partition: elsewhere }).actions).toEqual([])
    const other = new OneShard({ hosts: ['alice'] })
    const far = other.hearOf('bob')
    const { by, reason } = action
    const event = { userId: far, actionId: far + 4096, by, reason, endedHashes: [] }
    other.hear(userSuspendHandler.operation, event)
    expect(other.state.actions.listOf(far)).toEqual([])
  })
})
