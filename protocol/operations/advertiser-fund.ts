import { f } from '../fields.ts'
import { actionRequest } from '../moderation.ts'
import { defineOperation } from '../operation.ts'
import { microsField } from '../promotions.ts'

/**
 * Sets what has been credited to an account in all, to promote tweets with. Being a total, it can be sent again. Below
 * what is spent and set aside it only keeps the account from promoting more.
 */
export const advertiserFund = defineOperation({
  name: 'advertiser.fund',
  code: 0xf7,
  summary: 'Credit an advertiser',
  owner: 'handle',
  access: 'operator',
  request: {
    handle: f.text({ lengthMax: 15, meaning: 'The advertiser.' }),
    fundedMicros: microsField,
    ...actionRequest,
  },
  answer: { userId: f.userId, fundedMicros: microsField },
  event: { userId: f.userId, actionId: f.id, fundedMicros: microsField, ...actionRequest },
  refusals: {},
})
