import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes a block back, also of somebody whose account is gone. The follows that it has ended stay ended. */
export const userUnblock = defineOperation({
  name: 'user.unblock',
  code: 0x81,
  summary: 'Unblock a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: { actorId: f.userId, userId: f.userId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/users/{userId}/block' },
})
