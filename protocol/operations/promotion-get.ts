import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'
import { promotionField } from '../promotions.ts'

/** One of the actor's own promotions, with what it has come to. */
export const promotionGet = defineOperation({
  name: 'promotion.get',
  code: 0xf1,
  summary: 'Read a promotion',
  owner: 'actor',
  access: 'user',
  request: { promotionId: f.id },
  answer: { promotion: promotionField },
  refusals: {},
  http: { method: 'GET', path: '/v1/promotions/{promotionId}' },
})
