import { f } from '../fields.ts'
import { actionRequest } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** Removes somebody's tweet, as if its author had deleted it. */
export const tweetRemove = defineOperation({
  name: 'tweet.remove',
  code: 0xbb,
  summary: "Remove somebody's tweet",
  owner: { subject: 'tweetId' },
  access: 'operator',
  request: { tweetId: f.tweetId, ...actionRequest },
  answer: { tweetId: f.tweetId, authorId: f.userId },
  event: { tweetId: f.tweetId, authorId: f.userId, actionId: f.id, ...actionRequest },
  refusals: {
    is_retweet: { status: 409, meaning: 'This is a retweet: remove the original.' },
  },
})
