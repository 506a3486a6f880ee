import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes a favorite back, also of a tweet that is gone; a second time changes nothing. */
export const tweetUnfavorite = defineOperation({
  name: 'tweet.unfavorite',
  code: 0x24,
  summary: 'Unfavorite a tweet',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: { favorites: f.count },
  event: {
    actorId: f.userId,
    tweetId: f.tweetId,
    /** Whose tweet it is; absent for one's own, and for one that is gone. */
    authorId: f.optional(f.userId),
  },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/tweets/{tweetId}/favorite' },
})
