import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Follows a user: their tweets reach the home timeline from now on, and their newest at once. */
export const userFollow = defineOperation({
  name: 'user.follow',
  code: 0x11,
  summary: 'Follow a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: { followerId: f.userId, followeeId: f.userId },
  refusals: {
    cannot_follow_self: {
      status: 409,
      meaning: 'Nobody follows themselves: their own tweets are in their timeline anyway.',
    },
  },
  http: { method: 'PUT', path: '/v1/users/{userId}/follow' },
})
