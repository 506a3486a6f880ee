import { f } from '../fields.ts'
import { partitionsMax } from '../ids.ts'
import { importFollowsBytesMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

const follows = f.bytes({
  bytesMax: importFollowsBytesMax,
  meaning: 'Follows by users of this partition, in the form that `protocol/batches.ts` describes.',
})

/**
 * Lets users of one partition follow others, many with one entry of the log. A follow that is there already
 * stays as it is, and one of oneself or across a block is passed over: so a retry needs no key of its own.
 */
export const importFollows = defineOperation({
  name: 'import.follows',
  code: 0x61,
  summary: 'Bring follows in',
  owner: { partition: 'partition' },
  access: 'operator',
  request: { partition: f.integer({ min: 0, max: partitionsMax - 1 }), follows },
  answer: {
    added: { ...f.count, meaning: 'How many were new.' },
  },
  event: { partition: f.integer({ min: 0, max: partitionsMax - 1 }), follows },
  refusals: {
    elsewhere: { status: 409, meaning: 'A follower belongs to another partition.' },
  },
})
