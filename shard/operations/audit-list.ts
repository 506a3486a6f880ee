import { writeValue } from '../../protocol/message-pack.ts'
import { actionField } from '../../protocol/moderation.ts'
import { auditList } from '../../protocol/operations/audit-list.ts'
import { implementRead } from './implement.ts'
import { dated, pageOfRecords, writeAccounts } from './moderation.ts'

export const auditListHandler = implementRead(auditList, {
  read(view, _context, { partition, ...page }, writer) {
    const { shown, olderCursor } = pageOfRecords(
      (range) => view.actions.newest(partition, range),
      page,
    )
    writer.map(olderCursor === undefined ? 2 : 3)
    writer.text('actions')
    writer.array(shown.length)
    for (const { userId, record } of shown) {
      writeValue(writer, actionField, { ...dated(record), userId })
    }
    const userIds = shown.map(({ userId }) => userId)
    writeAccounts(writer, view, { userIds, olderCursor })
    return undefined
  },
})
