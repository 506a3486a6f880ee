import { momentMove } from '../../protocol/operations/moment-move.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { implementWrite } from './implement.ts'

export const momentMoveHandler = implementWrite(momentMove, {
  claims: (_context, { momentId }) => [claimOf(momentId)],

  decide(view, { actor, actorIndex }, { momentId, tweetId, place }) {
    const moment = findOwnCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    const before = moment.items.indexOf(tweetId)
    if (before < 0) return { kind: 'refused', code: 'not_in_moment' }
    const after = Math.min(place, moment.items.length - 1)
    if (after === before) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, momentId, tweetId, place: after } }
  },

  apply(state, { momentId, tweetId, place }) {
    state.collections.move(momentId, tweetId, place)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'moment', id: params.momentId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
