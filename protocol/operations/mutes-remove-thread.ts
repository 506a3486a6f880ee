import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes the mute of a thread back; of a retweet, that of the original. */
export const mutesRemoveThread = defineOperation({
  name: 'mutes.removeThread',
  code: 0x8d,
  summary: 'Unmute a thread',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: {},
  event: { actorId: f.userId, tweetId: f.tweetId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/mutes/threads/{tweetId}', status: 204 },
})
