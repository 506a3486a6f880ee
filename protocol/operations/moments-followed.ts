import { momentsField } from '../collections.ts'
import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** The moments of others that the actor follows and can see, the newest moment first. */
export const momentsFollowed = defineOperation({
  name: 'moments.followed',
  code: 0x1cb,
  summary: 'List the moments that the actor follows',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { moments: momentsField, users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/me/followed-moments' },
})
