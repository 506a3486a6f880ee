import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { forgottenAtOnceMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** Turns a request to follow down. They are not told, and may ask again. */
export const userRejectFollow = defineOperation({
  name: 'user.rejectFollow',
  code: 0x89,
  summary: 'Reject a request to follow',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: {
    actorId: f.userId,
    userId: f.userId,
    requestId: f.id,
    /** Earlier requests whose answers are not needed any more. */
    forgottenIds: f.optional(f.list(f.id, { countMax: forgottenAtOnceMax })),
  },
  refusals: {
    no_request: { status: 409, meaning: 'This user waits for no answer.' },
  },
  http: { method: 'DELETE', path: '/v1/follow-requests/{userId}' },
})
