import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'
import { promotionField } from '../promotions.ts'

/** Ends the pause of a promotion. */
export const promotionResume = defineOperation({
  name: 'promotion.resume',
  code: 0xf4,
  summary: 'Resume a promotion',
  owner: 'actor',
  access: 'user',
  request: { promotionId: f.id },
  answer: { promotion: promotionField },
  event: { userId: f.userId, promotionId: f.id },
  refusals: {
    ended: { status: 409, meaning: 'The promotion has ended.' },
  },
  http: { method: 'DELETE', path: '/v1/promotions/{promotionId}/pause' },
})
