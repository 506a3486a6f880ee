import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfHandle } from '../../../../protocol/ids.ts'
import { reportsListHandler } from '../../../../shard/operations/reports-list.ts'
import { userReportHandler } from '../../../../shard/operations/user-report.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('reports.list', () => {
  test('pages through the reports of all users of a partition, the newest first', () => {
    const shard = new OneShard()
    const handles = handlesOf(7, 3)
    const reporters = shard.signUp(...handles) as readonly UserId[]
    const targets = shard.signUp('one', 'two') as readonly UserId[]
    for (const userId of targets) {
      for (const reporter of reporters) {
        shard.ask(userReportHandler, reporter, { userId, reason: 'abuse' })
      }
    }
    const seen: (readonly [number, number])[] = []
    let before: number | undefined
    do {
      const page = shard.ask(reportsListHandler, stranger, {
        partition: 7,
        limit: 4,
        ...(before === undefined ? {} : { before }),
      })
      seen.push(...page.reports.map(({ reporterId, userId }) => [reporterId, userId] as const))
      before = page.olderCursor
    } while (before !== undefined)
    const made = targets.flatMap((userId) => reporters.map((reporter) => [reporter, userId]))
    expect(seen).toEqual(made.reverse())
  })

  test('a partition without reports has an empty list', () => {
    const shard = new OneShard()
    expect(shard.ask(reportsListHandler, stranger, { partition: 9 })).toEqual({
      reports: [],
      users: [],
    })
  })
})

/** Handles whose users live in this partition. */
function handlesOf(partition: number, count: number): string[] {
  const handles: string[] = []
  for (let number = 0; handles.length < count; number++) {
    if (partitionOfHandle(`rook${number}`, 64) === partition) handles.push(`rook${number}`)
  }
  return handles
}
