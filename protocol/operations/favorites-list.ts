import { pageRequest, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * The tweets that a user has marked as favorites, the newest favorite first: the newest 100,000 of them.
 * Only whoever hosts the user knows them, so the page is asked for there. On their own page users see all
 * that they may read; on that of somebody else what everybody may read, and nothing across a block; with
 * `viewer` of each tweet, but there without that of users.
 */
export const favoritesList = defineOperation({
  name: 'favorites.list',
  code: 0xe0,
  summary: "List a user's favorites",
  owner: { subject: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, ...pageRequest },
  answer: tweetPage,
  lacksViewer: true,
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/favorites' },
})
