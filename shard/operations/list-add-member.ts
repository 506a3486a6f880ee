import { failure } from '../../protocol/errors.ts'
import { listMembersMax } from '../../protocol/limits.ts'
import { listAddMember } from '../../protocol/operations/list-add-member.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { findUserById } from './find.ts'
import { implementWrite } from './implement.ts'
import { isBlockBetween } from './visibility.ts'

export const listAddMemberHandler = implementWrite(listAddMember, {
  claims: (_context, { listId }) => [claimOf(listId)],

  decide(view, { actor, actorIndex }, { listId, userId }) {
    const list = findOwnCollection(view, actorIndex, { kind: 'list', id: listId })
    if (isNo(list)) return list
    const member = findUserById(view, userId)
    if (typeof member !== 'number') return member
    if (view.collections.has(list, userId)) return { kind: 'unchanged' }
    if (isBlockBetween(view, actorIndex, member)) return { kind: 'refused', code: 'blocked' }
    if (list.items.length >= listMembersMax) {
      const message = `A list has at most ${listMembersMax} members.`
      return { kind: 'failed', error: failure('too_large', { message }) }
    }
    return { kind: 'committed', event: { actorId: actor, listId, userId } }
  },

  apply(state, { listId, userId }) {
    state.collections.put(listId, userId)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'list', id: params.listId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
