import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes the actor's retweet of a tweet back: named by the original, or by a retweet of it. */
export const tweetUnretweet = defineOperation({
  name: 'tweet.unretweet',
  code: 0x72,
  summary: 'Take a retweet back',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: { retweets: { ...f.count, meaning: 'The retweets of the original that are left.' } },
  event: { tweetId: f.tweetId, authorId: f.userId, retweetOf: f.tweetId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/tweets/{tweetId}/retweet' },
})
