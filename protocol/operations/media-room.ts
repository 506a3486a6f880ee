import { f } from '../fields.ts'
import { mediaUnattachedMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** Says how many files a user may upload still. Gateways ask it before they take one in. */
export const mediaRoom = defineOperation({
  name: 'media.room',
  code: 0xa2,
  summary: 'How many files a user may upload still',
  owner: { subject: 'userId' },
  access: 'operator',
  request: { userId: f.userId },
  answer: { left: f.integer({ min: 0, max: mediaUnattachedMax }) },
  refusals: {},
})
