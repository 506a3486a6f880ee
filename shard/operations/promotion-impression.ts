import { failure } from '../../protocol/errors.ts'
import { partitionOfId } from '../../protocol/ids.ts'
import { dayOf, readImpression } from '../../protocol/impressions.ts'
import { promotionImpression } from '../../protocol/operations/promotion-impression.ts'
import { implementWrite } from './implement.ts'

// Readers do not wait for each other: what many have seen at once is decided side by side, and `apply`, where all
// processes see the same order, counts no more of it than the budget pays for.
export const promotionImpressionHandler = implementWrite(promotionImpression, {
  claims: ({ actor }, { promotionId }) => [`impression ${promotionId} ${actor}`],

  decide(view, { actor, nowMs }, { promotionId, impression }) {
    const { promotions } = view
    const promotion = promotions.find(promotionId)
    const userId = promotions.advertiserOf(promotionId)
    if (promotion === undefined || userId === undefined) {
      return { kind: 'absent', partition: partitionOfId(promotionId), field: 'promotionId' }
    }
    const shown = { promotionId, readerId: actor, key: promotion.key }
    const named = readImpression(shown, impression)
    if (named === undefined) return { kind: 'refused', code: 'not_shown' }
    const seen = promotions.seenOn(promotionId, { readerId: actor, day: named.day })
    const isOver = promotion.status === 'ended' || named.day < dayOf(nowMs) - 1 || seen < 0
    if (isOver || named.ordinal <= seen) return { kind: 'unchanged' }
    if (named.ordinal > seen + 1) {
      // Whoever named it knew of the one before, which is about to be known here.
      return { kind: 'failed', error: failure('unavailable', { retryAfterMs: 200 }) }
    }
    return { kind: 'committed', event: { userId, promotionId, readerId: actor, ...named } }
  },

  apply(state, event) {
    state.promotions.count(event)
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
