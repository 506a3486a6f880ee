import { pageRequest, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** The tweets and retweets of the members of a list, newest first. A page may be short and still lead to an older one. */
export const timelineList = defineOperation({
  name: 'timeline.list',
  code: 0xc8,
  summary: 'Read the timeline of a list',
  owner: { readerOr: 'listId' },
  access: 'anyone',
  request: { listId: f.id, ...pageRequest },
  answer: tweetPage,
  refusals: {},
  http: { method: 'GET', path: '/v1/lists/{listId}/tweets' },
})
