import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Blocks a user: neither sees the tweets of the other any more, and follows end both ways. */
export const userBlock = defineOperation({
  name: 'user.block',
  code: 0x80,
  summary: 'Block a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: { actorId: f.userId, userId: f.userId, endsFollow: f.boolean },
  refusals: {
    cannot_block_self: { status: 409, meaning: 'Nobody blocks themselves.' },
  },
  http: { method: 'PUT', path: '/v1/users/{userId}/block' },
})
