import { listDelete } from '../../protocol/operations/list-delete.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { implementWrite } from './implement.ts'

export const listDeleteHandler = implementWrite(listDelete, {
  claims: (_context, { listId }) => [claimOf(listId)],

  decide(view, { actor, actorIndex }, { listId }) {
    const list = findOwnCollection(view, actorIndex, { kind: 'list', id: listId })
    if (isNo(list)) return list
    return { kind: 'committed', event: { actorId: actor, listId } }
  },

  apply(state, { listId }) {
    state.collections.delete(listId)
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
