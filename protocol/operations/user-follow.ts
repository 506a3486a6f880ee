import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * Follows a user: their tweets reach the home timeline from now on, and their newest at once. A protected
 * account is asked first: the answer then says `requested`, and the follow begins when it has approved.
 */
export const userFollow = defineOperation({
  name: 'user.follow',
  code: 0x11,
  summary: 'Follow a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: {
    followerId: f.userId,
    followeeId: f.userId,
    requestId: f.optional({ ...f.id, meaning: 'Only asks to follow.' }),
    /** Of a follow at once: under which id whom they follow is told. */
    followId: f.optional(f.id),
  },
  refusals: {
    cannot_follow_self: {
      status: 409,
      meaning: 'Nobody follows themselves: their own tweets are in their timeline anyway.',
    },
    blocked: { status: 403, meaning: 'One of the two blocks the other.' },
    suspended: { status: 403, meaning: 'Operators have suspended this account.' },
  },
  http: { method: 'PUT', path: '/v1/users/{userId}/follow' },
})
