import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * Brings what a follower's log says of a follow in line with what the log of whom they follow says: a block
 * ends it, an answer to a request begins or ends it. A shard asks itself for it.
 */
export const followSettle = defineOperation({
  name: 'follow.settle',
  code: 0x8f,
  summary: 'Settle a follow after a block or an answer',
  owner: { subject: 'followerId' },
  access: 'operator',
  request: { followerId: f.userId, followeeId: f.userId },
  answer: { changed: f.boolean },
  event: {
    followerId: f.userId,
    followeeId: f.userId,
    before: f.boolean,
    after: f.boolean,
  },
  refusals: {},
})
