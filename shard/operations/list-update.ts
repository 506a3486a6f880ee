import { listUpdate } from '../../protocol/operations/list-update.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { implementWrite } from './implement.ts'

export const listUpdateHandler = implementWrite(listUpdate, {
  claims: (_context, { listId }) => [claimOf(listId)],

  decide(view, { actor, actorIndex }, { listId, ...given }) {
    const list = findOwnCollection(view, actorIndex, { kind: 'list', id: listId })
    if (isNo(list)) return list
    const { title: name, description, isPrivate } = list
    const before: Readonly<Record<string, unknown>> = { name, description, private: isPrivate }
    const changed = Object.entries(given).filter(([field, value]) => before[field] !== value)
    if (changed.length === 0) return { kind: 'unchanged' }
    const event = { actorId: actor, listId, ...Object.fromEntries(changed) }
    return { kind: 'committed', event }
  },

  apply(state, { listId, name, description, private: isPrivate }) {
    state.collections.edit(listId, {
      ...(name === undefined ? {} : { title: name }),
      ...(description === undefined ? {} : { description }),
      ...(isPrivate === undefined ? {} : { isPrivate }),
    })
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'list', id: params.listId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
