import { momentField } from '../collections.ts'
import { referencedField, tweetsField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/**
 * A moment with its tweets, in its order. What is deleted or hidden from the reader is left out. Who may not see the
 * moment is told that there is none.
 */
export const momentGet = defineOperation({
  name: 'moment.get',
  code: 0x1c7,
  summary: 'Read a moment',
  owner: { readerOr: 'momentId' },
  access: 'anyone',
  request: { momentId: f.id },
  answer: {
    tweets: tweetsField,
    referenced: referencedField,
    users: usersField,
    moment: momentField,
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/moments/{momentId}' },
})
