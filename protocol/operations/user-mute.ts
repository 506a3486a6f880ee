import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Mutes a user: their tweets come neither to the home timeline nor as a push. They are not told. */
export const userMute = defineOperation({
  name: 'user.mute',
  code: 0x82,
  summary: 'Mute a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: { actorId: f.userId, userId: f.userId },
  refusals: {
    cannot_mute_self: { status: 409, meaning: 'Nobody mutes themselves.' },
  },
  http: { method: 'PUT', path: '/v1/users/{userId}/mute' },
})
