import { quotaField } from '../apps.ts'
import { f } from '../fields.ts'
import { actionRequest } from '../moderation.ts'
import { defineOperation } from '../operation.ts'

/** Allows an application more or fewer requests in a window. What was granted of this window stays granted. */
export const appSetQuota = defineOperation({
  name: 'app.setQuota',
  code: 0xb4,
  summary: 'Set the quota of an application',
  owner: 'handle',
  access: 'operator',
  request: {
    handle: f.text({ lengthMax: 15, meaning: 'The developer.' }),
    appId: f.id,
    quota: quotaField,
    ...actionRequest,
  },
  answer: { userId: f.userId, appId: f.id, quota: quotaField },
  event: { userId: f.userId, actionId: f.id, appId: f.id, quota: quotaField, ...actionRequest },
  refusals: {},
})
