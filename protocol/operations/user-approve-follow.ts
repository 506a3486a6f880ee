import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { forgottenAtOnceMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** Lets somebody follow who has asked to. */
export const userApproveFollow = defineOperation({
  name: 'user.approveFollow',
  code: 0x88,
  summary: 'Approve a request to follow',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: {
    actorId: f.userId,
    userId: f.userId,
    requestId: f.id,
    /** Under which id the one who asked is told. */
    approvalId: f.optional(f.id),
    /** Earlier requests whose answers are not needed any more. */
    forgottenIds: f.optional(f.list(f.id, { countMax: forgottenAtOnceMax })),
  },
  refusals: {
    no_request: { status: 409, meaning: 'This user waits for no answer.' },
  },
  http: { method: 'PUT', path: '/v1/follow-requests/{userId}' },
})
