import { f } from '../fields.ts'
import { promotionsPerUserMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'
import { microsField, promotionField } from '../promotions.ts'

/** The actor's own promotions, the newest first, and their credit. */
export const promotionList = defineOperation({
  name: 'promotion.list',
  code: 0xf2,
  summary: 'List the own promotions',
  owner: 'actor',
  access: 'user',
  request: {},
  answer: {
    promotions: f.list(promotionField, { countMax: promotionsPerUserMax }),
    fundedMicros: {
      ...microsField,
      meaning: 'What operators have credited to the account in all.',
    },
    availableMicros: { ...microsField, meaning: 'What of it is neither spent nor set aside.' },
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/promotions' },
})
