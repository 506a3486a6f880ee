import { f } from '../fields.ts'
import { forgottenAtOnceMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** Follows a list that the actor can see; a second time changes nothing. */
export const listFollow = defineOperation({
  name: 'list.follow',
  code: 0xc9,
  summary: 'Follow a list',
  owner: 'actor',
  access: 'user',
  request: { listId: f.id },
  answer: {},
  event: {
    actorId: f.userId,
    listId: f.id,
    /** What was deleted, and makes room. */
    goneIds: f.optional(f.list(f.id, { countMax: forgottenAtOnceMax })),
  },
  refusals: {
    cannot_follow_own: { status: 409, meaning: 'Nobody follows a list of their own.' },
  },
  http: { method: 'PUT', path: '/v1/lists/{listId}/follow', status: 204 },
})
