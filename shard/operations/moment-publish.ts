import { momentPublish } from '../../protocol/operations/moment-publish.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { implementWrite } from './implement.ts'

export const momentPublishHandler = implementWrite(momentPublish, {
  claims: (_context, { momentId }) => [claimOf(momentId)],

  decide(view, { actor, actorIndex }, { momentId }) {
    const moment = findOwnCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    if (!moment.isPrivate) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, momentId } }
  },

  apply(state, { momentId }) {
    state.collections.edit(momentId, { isPrivate: false })
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'moment', id: params.momentId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
