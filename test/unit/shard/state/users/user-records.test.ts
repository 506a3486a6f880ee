import { describe, expect, test } from 'vitest'
import { f } from '../../../../../protocol/fields.ts'
import type { UserId } from '../../../../../protocol/ids.ts'
import { UserRecords } from '../../../../../shard/state/users/user-records.ts'

const [ada, bob] = [5 * 16 + 4096, 6 * 16 + 4096] as [UserId, UserId]
const fields = { id: f.id, text: f.optional(f.text({ lengthMax: 9 })) }

describe('user records', () => {
  test('stand in the order of their ids, and the oldest makes room', () => {
    const records = new UserRecords(fields, 2)
    for (const id of [3, 1, 2]) records.put(ada, { id, text: `${id}` })
    expect(records.listOf(ada).map(({ id }) => id)).toEqual([2, 3])
    records.put(ada, { id: 2 })
    expect(records.listOf(ada)).toEqual([{ id: 2 }, { id: 3, text: '3' }])
    expect([records.find(ada, 3)?.text, records.find(ada, 1), records.find(bob, 3)]).toEqual([
      '3',
      undefined,
      undefined,
    ])
  })

  test('of a partition come the newest first, page by page', () => {
    const records = new UserRecords(fields, 9)
    const cid = (ada + 4096) as UserId
    for (const [id, user] of [ada, cid, bob, ada, cid].entries()) records.put(user, { id: id + 1 })
    const page = (before: number) =>
      records.newest(5, { before, limit: 2 }).map(({ userId, record }) => [userId, record.id])
    expect(page(99)).toEqual([
      [cid, 5],
      [ada, 4],
    ])
    expect(page(4)).toEqual([
      [cid, 2],
      [ada, 1],
    ])
    expect(page(1)).toEqual([])
  })

  test('are the same after a journey as bytes', () => {
    const [here, there] = [new UserRecords(fields, 9), new UserRecords(fields, 9)]
    here.put(ada, { id: 7, text: 'ü' })
    here.put(ada, { id: 9 })
    for (const encoded of here.encodedOf(ada)) there.restore(ada, encoded)
    expect(there.listOf(ada)).toEqual(here.listOf(ada))
    there.remove(ada, 7)
    there.forget(ada)
    expect([there.listOf(ada), there.encodedOf(ada)]).toEqual([[], []])
  })
})
