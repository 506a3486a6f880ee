import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Takes a tweet from its place on the actor's profile; where it is not there, nothing changes. */
export const tweetUnpin = defineOperation({
  name: 'tweet.unpin',
  code: 0xe2,
  summary: 'Unpin a tweet from the profile',
  owner: 'actor',
  access: 'user',
  request: { tweetId: f.tweetId },
  answer: { user: userField },
  event: { userId: f.userId, tweetId: f.tweetId },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/tweets/{tweetId}/pin' },
})
