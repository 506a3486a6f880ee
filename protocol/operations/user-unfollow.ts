import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Unfollows a user: none of their tweets is shown in the home timeline again. */
export const userUnfollow = defineOperation({
  name: 'user.unfollow',
  code: 0x12,
  summary: 'Unfollow a user',
  owner: 'actor',
  access: 'user',
  request: { userId: f.userId },
  answer: { user: userField },
  event: {
    followerId: f.userId,
    followeeId: f.userId,
    isRequest: f.optional({ ...f.boolean, meaning: 'Takes a request back.' }),
  },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/users/{userId}/follow' },
})
