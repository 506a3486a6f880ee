import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Mutes a tweet and all that replies to it, directly or not; of a retweet, the original. */
export const mutesAddThread = defineOperation({
  name: 'mutes.addThread',
  code: 0x8c,
  summary: 'Mute a thread',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: {},
  event: { actorId: f.userId, tweetId: f.tweetId },
  refusals: {},
  http: { method: 'PUT', path: '/v1/mutes/threads/{tweetId}', status: 204 },
})
