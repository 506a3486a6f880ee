import { listField } from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Puts a user into one of the actor's lists; a second time changes nothing. */
export const listAddMember = defineOperation({
  name: 'list.addMember',
  code: 0xc3,
  summary: 'Put a user into a list',
  owner: 'actor',
  access: 'user',
  request: { listId: f.id, userId: f.userId },
  answer: { list: listField },
  event: { actorId: f.userId, listId: f.id, userId: f.userId },
  refusals: {
    blocked: { status: 403, meaning: 'One of the two blocks the other.' },
  },
  http: { method: 'PUT', path: '/v1/lists/{listId}/members/{userId}' },
})
