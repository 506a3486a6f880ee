import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/**
 * Those whom the actor blocks, the newest account first. Of those who are suspended, name and bio are empty and
 * counts 0; their handle says whom to unblock.
 */
export const userBlocked = defineOperation({
  name: 'user.blocked',
  code: 0x84,
  summary: 'List those whom one blocks',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/blocks' },
})
