import { f } from '../fields.ts'
import { reportReasonField, reportRecord, reportTextField } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** Tells the operators of a tweet. Nobody else learns of it; who reports it once more changes what was said. */
export const tweetReport = defineOperation({
  name: 'tweet.report',
  code: 0xb7,
  summary: 'Report a tweet',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId, reason: reportReasonField, text: f.optional(reportTextField) },
  answer: {},
  event: {
    actorId: f.userId,
    reportId: f.id,
    userId: f.userId,
    tweetId: f.tweetId,
    reason: reportReasonField,
    tweetText: reportRecord.tweetText,
    text: f.optional(reportTextField),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/tweets/{tweetId}/report', status: 204 },
})
