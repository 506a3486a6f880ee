import { listsField } from '../collections.ts'
import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** The lists of others that the actor follows and can see, the newest list first. */
export const listsFollowed = defineOperation({
  name: 'lists.followed',
  code: 0xcb,
  summary: 'List the lists that the actor follows',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { lists: listsField, users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/me/followed-lists' },
})
