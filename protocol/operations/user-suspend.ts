import { f } from '../fields.ts'
import { endedAtOnceMax } from '../limits.ts'
import { actionRequest } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/**
 * Suspends an account: its tweets are hidden from everybody, it can do nothing, and its sessions and the keys of
 * its applications end.
 */
export const userSuspend = defineOperation({
  name: 'user.suspend',
  code: 0xb9,
  summary: 'Suspend an account',
  owner: 'handle',
  access: 'operator',
  request: { handle: f.text({ lengthMax: 15 }), ...actionRequest },
  answer: { userId: f.userId },
  event: {
    userId: f.userId,
    actionId: f.id,
    ...actionRequest,
    endedHashes: f.list(f.text({ lengthMax: 64 }), {
      countMax: endedAtOnceMax,
      meaning: 'The tokens and keys that gateways are told of, by their hashes.',
    }),
  },
  refusals: {},
})
