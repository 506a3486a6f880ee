import { tweetField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Deletes one of the actor's own tweets: it is shown to nobody again. Answers what was deleted. */
export const tweetDelete = defineOperation({
  name: 'tweet.delete',
  code: 0x22,
  summary: 'Delete a tweet',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: { tweet: tweetField, users: usersField },
  event: {
    tweetId: f.tweetId,
    authorId: f.userId,
    /** The original, where it is a retweet. */
    retweetOf: f.optional(f.tweetId),
  },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/tweets/{tweetId}' },
})
