import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Those who follow a user, the newest account first. The list is the same for every reader: without `viewer`. */
export const userFollowers = defineOperation({
  name: 'user.followers',
  code: 0x13,
  summary: 'List those who follow a user',
  owner: { subject: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, ...pageRequest },
  answer: { users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/followers' },
})
