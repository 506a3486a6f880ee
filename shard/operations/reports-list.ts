import { writeValue } from '../../protocol/message-pack.ts'
import { reportField } from '../../protocol/moderation.ts'
import { reportsList } from '../../protocol/operations/reports-list.ts'
import { implementRead } from './implement.ts'
import { dated, pageOfRecords, writeAccounts } from './moderation.ts'

export const reportsListHandler = implementRead(reportsList, {
  read(view, _context, { partition, ...page }, writer) {
    const { shown, olderCursor } = pageOfRecords(
      (range) => view.reports.newest(partition, range),
      page,
    )
    writer.map(olderCursor === undefined ? 2 : 3)
    writer.text('reports')
    writer.array(shown.length)
    for (const { userId: reporterId, record } of shown) {
      writeValue(writer, reportField, { ...dated(record), reporterId })
    }
    const userIds = shown.flatMap(({ userId, record }) => [userId, record.userId])
    writeAccounts(writer, view, { userIds, olderCursor })
    return undefined
  },
})
