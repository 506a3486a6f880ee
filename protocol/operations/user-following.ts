import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Those whom a user follows, the newest account first. The list is the same for every reader: without `viewer`. */
export const userFollowing = defineOperation({
  name: 'user.following',
  code: 0x14,
  summary: 'List those whom a user follows',
  owner: { subject: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, ...pageRequest },
  answer: { users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/following' },
})
