import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'
import { impressionField } from '../promotions.ts'

/**
 * Says that a promoted tweet has been on the reader's screen: half of it for a second, as the Media Rating Council
 * defines a viewable impression. It counts once, however often it is said, until the end of the next day (UTC); and not
 * any more when the promotion has ended. Written where the budget is, so that never more is spent.
 */
export const promotionImpression = defineOperation({
  name: 'promotion.impression',
  code: 0xf6,
  summary: 'Count an impression of a promoted tweet',
  owner: { subject: 'promotionId' },
  access: 'user',
  request: { promotionId: f.id, impression: impressionField },
  answer: {},
  event: {
    userId: f.userId,
    promotionId: f.id,
    readerId: f.userId,
    day: f.count,
    ordinal: f.count,
  },
  refusals: {
    not_shown: { status: 409, meaning: 'This impression was not shown to the signed-in user.' },
  },
  http: {
    method: 'PUT',
    path: '/v1/promotions/{promotionId}/impressions/{impression}',
    status: 204,
  },
})
