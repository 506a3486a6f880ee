import { momentsField } from '../collections.ts'
import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** A user's moments, the newest first; unpublished ones only for themselves. */
export const momentsOfUser = defineOperation({
  name: 'moments.ofUser',
  code: 0x1c8,
  summary: 'List the moments of a user',
  owner: { readerOr: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, ...pageRequest },
  answer: { moments: momentsField, users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/moments' },
})
