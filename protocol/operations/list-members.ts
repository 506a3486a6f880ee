import { olderCursor, pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * The users in a list, the newest account first. Left out is who blocks the owner or is blocked by them, and who is
 * suspended.
 */
export const listMembers = defineOperation({
  name: 'list.members',
  code: 0xc7,
  summary: 'List the members of a list',
  owner: { readerOr: 'listId' },
  access: 'anyone',
  request: { listId: f.id, ...pageRequest },
  answer: { users: usersField, olderCursor },
  refusals: {},
  http: { method: 'GET', path: '/v1/lists/{listId}/members' },
})
