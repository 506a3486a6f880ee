import { momentField } from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * Takes a tweet out of one of the actor's moments, which may be gone by now; of a retweet, the original. If it was the
 * cover, there is none.
 */
export const momentRemoveTweet = defineOperation({
  name: 'moment.removeTweet',
  code: 0x1c3,
  summary: 'Take a tweet out of a moment',
  owner: 'actor',
  access: 'user',
  request: { momentId: f.id, tweetId: f.tweetId },
  answer: { moment: momentField },
  event: { actorId: f.userId, momentId: f.id, tweetId: f.tweetId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/moments/{momentId}/tweets/{tweetId}' },
})
