import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Ends a follow of a moment, which may be hidden or gone by now. */
export const momentUnfollow = defineOperation({
  name: 'moment.unfollow',
  code: 0x1ca,
  summary: 'Unfollow a moment',
  owner: 'actor',
  access: 'user',
  request: { momentId: f.id },
  answer: {},
  event: { actorId: f.userId, momentId: f.id },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/moments/{momentId}/follow', status: 204 },
})
