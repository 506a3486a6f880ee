import { listField } from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes a user out of one of the actor's lists. */
export const listRemoveMember = defineOperation({
  name: 'list.removeMember',
  code: 0xc4,
  summary: 'Take a user out of a list',
  owner: 'actor',
  access: 'user',
  request: { listId: f.id, userId: f.userId },
  answer: { list: listField },
  event: { actorId: f.userId, listId: f.id, userId: f.userId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/lists/{listId}/members/{userId}' },
})
