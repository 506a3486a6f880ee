import { describe, expect, test } from 'vitest'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { reportsListHandler } from '../../../../shard/operations/reports-list.ts'
import { userReportHandler } from '../../../../shard/operations/user-report.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('user.report', () => {
  test('is kept where the reporter lives, and shown to operators alone', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    shard.ask(userReportHandler, alice, { userId: bob, reason: 'impersonation' })
    const page = shard.ask(reportsListHandler, stranger, { partition: partitionOfId(alice) })
    expect(page.reports).toMatchObject([
      { userId: bob, reporterId: alice, reason: 'impersonation' },
    ])
    expect(page.users.map(({ id }) => id).sort()).toEqual([alice, bob].sort())
  })

  test('nobody reports themselves, or somebody who is not there', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const report = (userId: typeof bob) =>
      shard.call(userReportHandler, alice, { userId, reason: 'spam' })
    expect(report(alice)).toMatchObject({ code: 'cannot_report_self' })
    expect(report((bob + 4096) as typeof bob).kind).toBe('absent')
  })
})
