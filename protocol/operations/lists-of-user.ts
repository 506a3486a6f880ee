import { listsField } from '../collections.ts'
import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** A user's lists, the newest first; private ones only for themselves. */
export const listsOfUser = defineOperation({
  name: 'lists.ofUser',
  code: 0xc6,
  summary: 'List the lists of a user',
  owner: { readerOr: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, ...pageRequest },
  answer: { lists: listsField, users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/lists' },
})
