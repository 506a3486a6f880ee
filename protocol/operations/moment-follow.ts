import { f } from '../fields.ts'
import { forgottenAtOnceMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** Follows a moment that the actor can see; a second time changes nothing. */
export const momentFollow = defineOperation({
  name: 'moment.follow',
  code: 0x1c9,
  summary: 'Follow a moment',
  owner: 'actor',
  access: 'user',
  request: { momentId: f.id },
  answer: {},
  event: {
    actorId: f.userId,
    momentId: f.id,
    /** What was deleted, and makes room. */
    goneIds: f.optional(f.list(f.id, { countMax: forgottenAtOnceMax })),
  },
  refusals: {
    cannot_follow_own: { status: 409, meaning: 'Nobody follows a moment of their own.' },
  },
  http: { method: 'PUT', path: '/v1/moments/{momentId}/follow', status: 204 },
})
