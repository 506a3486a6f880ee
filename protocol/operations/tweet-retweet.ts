import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * Passes a tweet on to one's followers: as a tweet with an id of its own, an empty text and `retweetOf`. Of a
 * retweet it passes on the original. A second time changes nothing.
 */
export const tweetRetweet = defineOperation({
  name: 'tweet.retweet',
  code: 0x71,
  summary: 'Retweet a tweet',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: {
    retweetId: f.tweetId,
    retweets: { ...f.count, meaning: 'The retweets of the original, this one included.' },
  },
  event: {
    tweetId: f.tweetId,
    authorId: f.userId,
    retweetOf: f.tweetId,
    /** Whose tweet it passes on: they are told. */
    originalAuthorId: f.optional(f.userId),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/tweets/{tweetId}/retweet' },
})
