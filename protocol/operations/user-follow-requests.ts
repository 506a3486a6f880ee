import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** Those who have asked to follow the actor and wait for an answer, the newest request first. */
export const userFollowRequests = defineOperation({
  name: 'user.followRequests',
  code: 0x87,
  summary: 'List the requests to follow',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/follow-requests' },
})
