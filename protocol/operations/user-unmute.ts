import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes a mute back, also of an account that is gone: what was left out of the home timeline is there again. */
export const userUnmute = defineOperation({
  name: 'user.unmute',
  code: 0x83,
  summary: 'Unmute a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: { actorId: f.userId, userId: f.userId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/users/{userId}/mute' },
})
