import { userReport } from '../../protocol/operations/user-report.ts'
import { findUserById } from './find.ts'
import { implementWrite } from './implement.ts'
import { keepReport } from './moderation.ts'

export const userReportHandler = implementWrite(userReport, {
  claims: ({ actor }) => [`reports ${actor}`],

  decide(view, context, { userId, reason, text }) {
    const { actor } = context
    if (userId === actor) return { kind: 'refused', code: 'cannot_report_self' }
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    return {
      kind: 'committed',
      event: {
        actorId: actor,
        reportId: context.newId(),
        userId,
        reason,
        ...(text === undefined ? {} : { text }),
      },
    }
  },

  apply(state, { actorId, reportId, ...report }) {
    keepReport(state, actorId, { id: reportId, ...report })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
