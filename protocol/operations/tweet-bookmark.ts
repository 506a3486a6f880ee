import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Keeps a tweet for later. Only the actor sees it, so nothing is pushed; a second time changes nothing. */
export const tweetBookmark = defineOperation({
  name: 'tweet.bookmark',
  code: 0x25,
  summary: 'Bookmark a tweet',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: {},
  event: { actorId: f.userId, tweetId: f.tweetId },
  refusals: {},
  http: { method: 'PUT', path: '/v1/tweets/{tweetId}/bookmark' },
})
