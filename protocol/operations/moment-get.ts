import { momentField } from '../collections.ts'
import { olderCursor, referencedField, tweetsField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * A moment with its tweets, in its order. What is deleted or hidden from the reader is left out. Who may not see the
 * moment is told that there is none. All tweets come at once unless they are very long; then the others come by the
 * cursor, as long as its tweet is in the moment.
 */
export const momentGet = defineOperation({
  name: 'moment.get',
  code: 0x1c7,
  summary: 'Read a moment',
  owner: { readerOr: 'momentId' },
  access: 'anyone',
  request: {
    momentId: f.id,
    before: f.optional({
      ...f.tweetId,
      meaning: 'The `olderCursor` of the page before; only what comes after that tweet follows.',
    }),
  },
  answer: {
    tweets: tweetsField,
    referenced: referencedField,
    users: usersField,
    olderCursor,
    moment: momentField,
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/moments/{momentId}' },
})
