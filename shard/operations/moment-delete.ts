import { momentDelete } from '../../protocol/operations/moment-delete.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { implementWrite } from './implement.ts'

export const momentDeleteHandler = implementWrite(momentDelete, {
  claims: (_context, { momentId }) => [claimOf(momentId)],

  decide(view, { actor, actorIndex }, { momentId }) {
    const moment = findOwnCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    return { kind: 'committed', event: { actorId: actor, momentId } }
  },

  apply(state, { momentId }) {
    state.collections.delete(momentId)
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
