import { describe, expect, test } from 'vitest'
import { unpackIds } from '../../../../protocol/batches.ts'
import { partitionOfHandle, partitionOfId } from '../../../../protocol/ids.ts'
import { accountCreateHandler } from '../../../../shard/operations/account-create.ts'
import { importUsersHandler } from '../../../../shard/operations/import-users.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { handlesIn } from '../../../helpers/handles-in.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const partition = 7

function bringIn(shard: OneShard, handles: readonly string[], password?: string): number[] {
  const given = password === undefined ? {} : { password }
  const params = { partition, handles, ...given }
  return [...unpackIds(shard.ask(importUsersHandler, stranger, params).userIds)]
}

describe('import.users', () => {
  test('many users come in with one entry of the log, each with an id of the partition', () => {
    const shard = new OneShard()
    const handles = handlesIn(partition, 40)
    const ids = bringIn(shard, handles)
    expect(shard.log).toHaveLength(1)
    expect(new Set(ids).size).toBe(handles.length)
    for (const [place, id] of ids.entries()) {
      expect(partitionOfId(id)).toBe(partition)
      const { user } = shard.ask(userGetHandler, stranger, { user: { id: id as never } })
      expect(user).toMatchObject({ handle: handles[place], name: handles[place], bio: '' })
    }
    shard.expectRecovery((partitions) => partitions)
  })

  test('a retry answers the same ids, and nothing is logged', () => {
    const shard = new OneShard()
    const handles = handlesIn(partition, 5)
    const ids = bringIn(shard, handles)
    expect(bringIn(shard, handles)).toEqual(ids)
    expect(shard.log).toHaveLength(1)
  })

  test('who is there already stays who they are, and a handle that comes twice is one user', () => {
    const shard = new OneShard()
    const [known, fresh] = handlesIn(partition, 2) as [string, string]
    const [id] = shard.signUp(known)
    const ids = bringIn(shard, [fresh, known.toUpperCase(), fresh.toUpperCase()])
    expect(ids).toEqual([ids[0], id, ids[0]])
    const { user } = shard.ask(userGetHandler, stranger, { user: { id } })
    expect(user.handle).toBe(known)
  })

  test('a handle of another partition is refused, and with it the batch', () => {
    const shard = new OneShard()
    const handles = [...handlesIn(partition, 2), ...handlesIn(8, 1)]
    expect(shard.call(importUsersHandler, stranger, { partition, handles })).toEqual({
      kind: 'refused',
      code: 'elsewhere',
    })
    expect(shard.log).toHaveLength(0)
  })

  test('nobody can sign in as one of them', () => {
    const shard = new OneShard()
    const [handle] = handlesIn(partition, 1) as [string]
    bringIn(shard, [handle])
    for (const password of ['!', 'a good guess', '']) {
      expect(shard.call(sessionCreateHandler, stranger, { handle, password })).toEqual({
        kind: 'refused',
        code: 'wrong_credentials',
      })
    }
    // The comparison takes as long as one with a hash would.
    expect(shard.passwordTasks.at(-1)).toMatchObject({ kind: 'verify', hash: undefined })
  })

  test('with a password for all of them everybody can', () => {
    const shard = new OneShard()
    const handles = handlesIn(partition, 3)
    bringIn(shard, handles, 'for a test only')
    for (const handle of handles) {
      const params = { handle, password: 'for a test only' }
      expect(shard.ask(sessionCreateHandler, stranger, params).user.handle).toBe(handle)
    }
  })

  test('two batches, and a sign-up, with one handle wait for each other', () => {
    const shard = new OneShard()
    const [one, two] = handlesIn(partition, 2) as [string, string]
    const claims = (handles: string[]) =>
      shard.prepare(importUsersHandler, stranger, { partition, handles }).claims
    const params = { handle: one.toUpperCase(), name: one, password: 'a secret of hers' }
    const [ofSignUp] = shard.prepare(accountCreateHandler, stranger, params).claims
    expect(claims([one, two, one.toUpperCase()])).toHaveLength(2)
    expect(claims([one])).toEqual([ofSignUp])
    expect(claims([two])).not.toEqual(claims([one]))
  })

  test('hosts of the partition know their accounts, others their cards alone', () => {
    const [handle] = handlesIn(partition, 1) as [string]
    const elsewhere = new OneShard({ hosts: handlesIn(8, 1) })
    const params = { partition, handles: [handle] }
    const event = new OneShard().prepare(importUsersHandler, stranger, params).decide()
    if (event.kind !== 'committed') throw new Error('nothing was decided')
    elsewhere.hear(importUsersHandler.operation, event.event)
    const { users, accounts } = elsewhere.state
    const user = users.findHandle(handle)
    expect(partitionOfHandle(handle, elsewhere.partitionCount)).toBe(partition)
    expect(users.isKnown(user)).toBe(true)
    expect(accounts.passwordHash(users.idOf(user))).toBeUndefined()
  })
})
