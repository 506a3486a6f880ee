import { promotionEnd } from '../../protocol/operations/promotion-end.ts'
import { implementWrite } from './implement.ts'
import {
  claimOfPromotion,
  findOwnPromotion,
  promotionGone,
  writePromotionAnswer,
} from './promotions.ts'

export const promotionEndHandler = implementWrite(promotionEnd, {
  claims: ({ actor }, { promotionId }) => [
    claimOfPromotion(promotionId),
    { shared: `account ${actor}` },
  ],

  decide(view, { actor }, { promotionId }) {
    const promotion = findOwnPromotion(view, actor, promotionId)
    if ('kind' in promotion) return promotion
    if (promotion.status === 'ended') return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, promotionId } }
  },

  apply(state, { promotionId }) {
    state.promotions.end(promotionId, 'advertiser')
    return 0
  },

  gone: promotionGone,
  answer: writePromotionAnswer,
})
