import { f } from '../fields.ts'
import { reportReasonField, reportTextField } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** Tells the operators of a user. Nobody else learns of it; who reports them once more changes what was said. */
export const userReport = defineOperation({
  name: 'user.report',
  code: 0xb8,
  summary: 'Report a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId, reason: reportReasonField, text: f.optional(reportTextField) },
  answer: {},
  event: {
    actorId: f.userId,
    reportId: f.id,
    userId: f.userId,
    reason: reportReasonField,
    text: f.optional(reportTextField),
  },
  refusals: {
    cannot_report_self: { status: 409, meaning: 'Nobody reports themselves.' },
  },
  http: { method: 'PUT', path: '/v1/users/{userId}/report', status: 204 },
})
