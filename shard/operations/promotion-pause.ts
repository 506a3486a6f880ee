import { promotionPause } from '../../protocol/operations/promotion-pause.ts'
import { implementWrite } from './implement.ts'
import {
  claimOfPromotion,
  findOwnPromotion,
  promotionGone,
  writePromotionAnswer,
} from './promotions.ts'

export const promotionPauseHandler = implementWrite(promotionPause, {
  claims: ({ actor }, { promotionId }) => [
    claimOfPromotion(promotionId),
    { shared: `account ${actor}` },
  ],

  decide(view, { actor }, { promotionId }) {
    const promotion = findOwnPromotion(view, actor, promotionId)
    if ('kind' in promotion) return promotion
    if (promotion.status === 'ended') return { kind: 'refused', code: 'ended' }
    if (promotion.status === 'paused') return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, promotionId } }
  },

  apply(state, { promotionId }) {
    state.promotions.setStatus(promotionId, 'paused')
    return 0
  },

  gone: promotionGone,
  answer: writePromotionAnswer,
})
