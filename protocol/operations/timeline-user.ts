import { pageRequest, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** A user's own tweets, newest first. */
export const timelineUser = defineOperation({
  name: 'timeline.user',
  code: 0x31,
  summary: "Read a user's tweets",
  owner: { readerOr: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, ...pageRequest },
  answer: tweetPage,
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/tweets' },
})
