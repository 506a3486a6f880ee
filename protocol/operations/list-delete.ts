import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Deletes one of the actor's lists. */
export const listDelete = defineOperation({
  name: 'list.delete',
  code: 0xc2,
  summary: 'Delete a list',
  owner: 'actor',
  access: 'user',
  request: { listId: f.id },
  answer: {},
  event: { actorId: f.userId, listId: f.id },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/lists/{listId}', status: 204 },
})
