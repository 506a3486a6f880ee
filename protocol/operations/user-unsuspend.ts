import { f } from '../fields.ts'
import { actionRequest } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** Takes a suspension back: tweets and keys are good again, and the user can sign in. */
export const userUnsuspend = defineOperation({
  name: 'user.unsuspend',
  code: 0xba,
  summary: 'Take a suspension back',
  owner: 'handle',
  access: 'operator',
  request: { handle: f.text({ lengthMax: 15 }), ...actionRequest },
  answer: { userId: f.userId },
  event: { userId: f.userId, actionId: f.id, ...actionRequest },
  refusals: {},
})
