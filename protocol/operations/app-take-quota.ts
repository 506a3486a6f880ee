import { keyHashLengthMax, quotaField } from '../apps.ts'
import { f } from '../fields.ts'
import { quotaWindowMs } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/**
 * Grants a gateway a part of what is left of an application's quota in this window. Grants stand in the log: so
 * all gateways together never let more through than the quota, whatever dies meanwhile.
 */
export const appTakeQuota = defineOperation({
  name: 'app.takeQuota',
  code: 0xb6,
  summary: 'Take a part of the quota of an application',
  owner: { subject: 'userId' },
  access: 'operator',
  request: { userId: f.userId, keyHash: f.text({ lengthMax: keyHashLengthMax }) },
  answer: {
    granted: {
      ...quotaField,
      meaning: 'Requests that the gateway may let through; 0 where none is left.',
    },
    left: { ...quotaField, meaning: 'What others may still be granted of this window.' },
    quota: quotaField,
    windowLeftMs: f.integer({ min: 1, max: quotaWindowMs }),
  },
  event: { userId: f.userId, appId: f.id, window: f.count, granted: quotaField },
  refusals: {},
})
