import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Ends a follow of a list, which may be hidden or gone by now. */
export const listUnfollow = defineOperation({
  name: 'list.unfollow',
  code: 0xca,
  summary: 'Unfollow a list',
  owner: 'actor',
  access: 'user',
  request: { listId: f.id },
  answer: {},
  event: { actorId: f.userId, listId: f.id },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/lists/{listId}/follow', status: 204 },
})
