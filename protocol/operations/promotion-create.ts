import { f } from '../fields.ts'
import { defineOperation, operationId } from '../operation.ts'
import {
  promotionField,
  promotionRecord,
  promotionRequest,
  targetingRequest,
} from '../promotions.ts'

/**
 * Pays to have a tweet shown on the home timelines of others, from now on and until its budget is spent. The budget
 * is set aside from what operators have credited to the account; what is left of it when the promotion ends is
 * free again. Never shown to whoever may not see the tweet, has blocked or muted its author, or is not meant.
 *
 * It has no end in time and no pace: it is shown as fast as those for whom it is read their pages, at most
 * `frequencyCap` times a day to each, and `promotion.pause` holds it. Pages that were made before the budget was spent
 * may show it a little longer; no impression above the budget is counted or charged.
 */
export const promotionCreate = defineOperation({
  name: 'promotion.create',
  code: 0xf0,
  summary: 'Promote a tweet',
  owner: 'actor',
  access: 'user',
  request: { ...promotionRequest, ...targetingRequest, operationId },
  answer: { promotion: promotionField },
  event: {
    promotionId: f.id,
    userId: f.userId,
    ...promotionRequest,
    key: promotionRecord.key,
    ...targetingRequest,
    operationId,
  },
  refusals: {
    not_own: { status: 403, meaning: 'Only the author of a tweet can promote it.' },
    not_public: {
      status: 409,
      meaning: 'Only an original tweet that everyone may see can be promoted.',
    },
    over_budget: { status: 409, meaning: 'The budget does not pay for a single impression.' },
    not_funded: { status: 402, meaning: 'The account has not so much credit left.' },
  },
  http: {
    method: 'POST',
    path: '/v1/promotions',
    status: 201,
    location: '/v1/promotions/{promotion.id}',
  },
})
