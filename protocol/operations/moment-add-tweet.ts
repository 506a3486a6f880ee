import { momentField } from '../collections.ts'
import { f } from '../fields.ts'
import { momentTweetsMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/**
 * Puts a tweet into one of the actor's moments: at the end, or at a place. Of a retweet, the original. A second time
 * changes nothing.
 */
export const momentAddTweet = defineOperation({
  name: 'moment.addTweet',
  code: 0x1c2,
  summary: 'Put a tweet into a moment',
  owner: 'actor',
  access: 'user',
  request: {
    momentId: f.id,
    tweetId: f.tweetId,
    place: f.optional({
      ...f.integer({ min: 0, max: momentTweetsMax - 1 }),
      meaning: 'Counted from 0; beyond the last one is at the end.',
    }),
  },
  answer: { moment: momentField },
  event: {
    actorId: f.userId,
    momentId: f.id,
    tweetId: f.tweetId,
    place: f.integer({ min: 0, max: momentTweetsMax - 1 }),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/moments/{momentId}/tweets/{tweetId}' },
})
