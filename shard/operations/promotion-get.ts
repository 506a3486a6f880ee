import { promotionGet } from '../../protocol/operations/promotion-get.ts'
import { implementRead } from './implement.ts'
import { findOwnPromotion, writePromotionAnswer } from './promotions.ts'

export const promotionGetHandler = implementRead(promotionGet, {
  read(view, context, params, writer) {
    const promotion = findOwnPromotion(view, context.actor, params.promotionId)
    if ('kind' in promotion) return promotion
    writePromotionAnswer(view, context, { params }, writer)
    return undefined
  },
})
