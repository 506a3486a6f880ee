import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'
import { promotionField } from '../promotions.ts'

/** Ends a promotion for ever; what is left of its budget is free again. Nothing counts any more. */
export const promotionEnd = defineOperation({
  name: 'promotion.end',
  code: 0xf5,
  summary: 'End a promotion',
  owner: 'actor',
  access: 'user',
  request: { promotionId: f.id },
  answer: { promotion: promotionField },
  event: { userId: f.userId, promotionId: f.id },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/promotions/{promotionId}' },
})
