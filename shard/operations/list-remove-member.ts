import { listRemoveMember } from '../../protocol/operations/list-remove-member.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { implementWrite } from './implement.ts'

export const listRemoveMemberHandler = implementWrite(listRemoveMember, {
  claims: (_context, { listId }) => [claimOf(listId)],

  decide(view, { actor, actorIndex }, { listId, userId }) {
    const list = findOwnCollection(view, actorIndex, { kind: 'list', id: listId })
    if (isNo(list)) return list
    if (!view.collections.has(list, userId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, listId, userId } }
  },

  apply(state, { listId, userId }) {
    state.collections.take(listId, userId)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'list', id: params.listId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
