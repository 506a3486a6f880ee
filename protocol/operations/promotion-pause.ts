import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'
import { promotionField } from '../promotions.ts'

/** Has a promotion shown to nobody until it is resumed. What is on screens already still counts. */
export const promotionPause = defineOperation({
  name: 'promotion.pause',
  code: 0xf3,
  summary: 'Pause a promotion',
  owner: 'actor',
  access: 'user',
  request: { promotionId: f.id },
  answer: { promotion: promotionField },
  event: { userId: f.userId, promotionId: f.id },
  refusals: {
    ended: { status: 409, meaning: 'The promotion has ended.' },
  },
  http: { method: 'PUT', path: '/v1/promotions/{promotionId}/pause' },
})
