import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** Those whom the actor has muted, the newest account first; of those who are suspended, as `user.blocked` has them. */
export const userMuted = defineOperation({
  name: 'user.muted',
  code: 0x85,
  summary: 'List those whom one has muted',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/mutes/users' },
})
