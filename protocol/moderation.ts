// Moderation: what users report, what operators do about it, and the audit log of that.

import type { TextField, Values } from './fields.ts'
import { f } from './fields.ts'
import {
  actionReasonLengthMax,
  microsMax,
  operatorNameLengthMax,
  quotaMax,
  reportTextLengthMax,
} from './limits.ts'

/** Why somebody reports a tweet or a user. */
export const reportReasons = [
  'spam',
  'abuse',
  'impersonation',
  'sensitive',
  'self_harm',
  'illegal',
  'other',
] as const

export const reportReasonField: TextField = f.text({
  lengthMax: 16,
  meaning: `One of ${reportReasons.join(', ')}.`,
  rule: (text) =>
    (reportReasons as readonly string[]).includes(text)
      ? text
      : { problem: `must be one of ${reportReasons.join(', ')}` },
})

/** A text that an operator will read in a terminal: without what would steer it. */
const readable = (options: { lengthMax: number; meaning: string }): TextField =>
  f.text({
    ...options,
    rule: (text) => {
      if (text.trim() === '') return { problem: 'must not be empty' }
      if (!text.isWellFormed()) return { problem: 'must be valid Unicode' }
      return /\p{Cc}/u.test(text.replaceAll('\n', ' '))
        ? { problem: 'must not hold control characters' }
        : text
    },
  })

export const reportTextField = readable({
  lengthMax: reportTextLengthMax,
  meaning: 'What else there is to say, for operators alone.',
})

/** The fields with which every action of an operator says who acts, and why. */
export const actionRequest = {
  by: readable({ lengthMax: operatorNameLengthMax, meaning: 'The name of the operator.' }),
  reason: readable({ lengthMax: actionReasonLengthMax, meaning: 'Why; kept in the audit log.' }),
} as const

/** What an operator can do to an account. */
export const actionKinds = ['suspend', 'unsuspend', 'remove', 'quota', 'fund'] as const

/** An entry of the audit log. Its id says when; it is kept with the account that it is about. */
export const actionRecord = {
  id: f.id,
  action: f.text({ lengthMax: 16, meaning: `One of ${actionKinds.join(', ')}.` }),
  by: actionRequest.by,
  reason: actionRequest.reason,
  tweetId: f.optional(f.tweetId),
  appId: f.optional(f.id),
  quota: f.optional(f.integer({ min: 0, max: quotaMax })),
  fundedMicros: f.optional(f.integer({ min: 0, max: microsMax })),
} as const

export const actionField = f.record({
  ...actionRecord,
  userId: { ...f.userId, meaning: 'The account that it is about.' },
  createdAt: f.time,
})

/** A report, as it is kept with the account of whoever made it. Its id says when. */
export const reportRecord = {
  id: f.id,
  userId: { ...f.userId, meaning: 'Who is reported: the account, or the author of the tweet.' },
  tweetId: f.optional(f.tweetId),
  tweetText: f.optional(
    f.text({ lengthMax: 4096, meaning: 'What the tweet said when it was reported.' }),
  ),
  reason: reportReasonField,
  text: f.optional(reportTextField),
} as const

export const reportField = f.record({
  ...reportRecord,
  reporterId: f.userId,
  createdAt: f.time,
})

export type ActionRecord = Values<typeof actionRecord>
export type ReportRecord = Values<typeof reportRecord>
