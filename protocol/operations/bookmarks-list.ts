import { pageRequest, tweetPage } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** The tweets that the actor has bookmarked, the newest tweet first. */
export const bookmarksList = defineOperation({
  name: 'bookmarks.list',
  code: 0x32,
  summary: 'List the bookmarks',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: tweetPage,
  refusals: {},
  http: { method: 'GET', path: '/v1/bookmarks' },
})
