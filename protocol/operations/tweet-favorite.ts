import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Marks a tweet as a favorite; a second time changes nothing. */
export const tweetFavorite = defineOperation({
  name: 'tweet.favorite',
  code: 0x23,
  summary: 'Favorite a tweet',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: { favorites: f.count },
  event: {
    actorId: f.userId,
    tweetId: f.tweetId,
    /** Whose tweet it is, and under which id they are told of it; absent for one's own. */
    authorId: f.optional(f.userId),
    favoriteId: f.optional(f.id),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/tweets/{tweetId}/favorite' },
})
