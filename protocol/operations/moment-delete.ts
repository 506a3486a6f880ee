import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Deletes one of the actor's moments; the tweets stay. */
export const momentDelete = defineOperation({
  name: 'moment.delete',
  code: 0x1c6,
  summary: 'Delete a moment',
  owner: 'actor',
  access: 'user',
  request: { momentId: f.id },
  answer: {},
  event: { actorId: f.userId, momentId: f.id },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/moments/{momentId}', status: 204 },
})
