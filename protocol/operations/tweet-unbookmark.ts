import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes a bookmark away, also that of a tweet that is gone; a second time changes nothing. */
export const tweetUnbookmark = defineOperation({
  name: 'tweet.unbookmark',
  code: 0x26,
  summary: 'Take a bookmark away',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: {},
  event: { actorId: f.userId, tweetId: f.tweetId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/tweets/{tweetId}/bookmark' },
})
