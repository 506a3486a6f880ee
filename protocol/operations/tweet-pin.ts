import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Pins one of the actor's own tweets to their profile, in place of another one. It goes when the tweet is deleted. */
export const tweetPin = defineOperation({
  name: 'tweet.pin',
  code: 0xe1,
  summary: 'Pin a tweet to the profile',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: { user: userField },
  event: { userId: f.userId, tweetId: f.tweetId },
  refusals: {
    cannot_pin: {
      status: 409,
      meaning: 'Only an own tweet that is for everyone can be pinned, and no retweet.',
    },
  },
  http: { method: 'PUT', path: '/v1/tweets/{tweetId}/pin' },
})
