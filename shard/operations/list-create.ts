import { listCreate } from '../../protocol/operations/list-create.ts'
import { madeBefore, makeCollection, repeatedMaking, tooManyOwned } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { implementWrite } from './implement.ts'

export const listCreateHandler = implementWrite(listCreate, {
  claims: ({ actor }) => [`lists ${actor}`],

  decide(view, context, { name, description = '', private: isPrivate = false, operationId }) {
    const { actor, actorIndex } = context
    const made = madeBefore(view, context, { operation: listCreate.code, operationId })
    if (made !== undefined) return repeatedMaking(view, { kind: 'list', id: made })
    const tooMany = tooManyOwned(view, actorIndex, 'list')
    if (tooMany !== undefined) return tooMany
    return {
      kind: 'committed',
      event: {
        listId: context.newId(),
        actorId: actor,
        name,
        description,
        private: isPrivate,
        ...(operationId === undefined ? {} : { operationId }),
      },
    }
  },

  apply(state, { listId: id, actorId, name, description, private: isPrivate, operationId }) {
    const card = { title: name, description, isPrivate, coverId: 0 }
    const made = { actorId, operation: listCreate.code, operationId }
    makeCollection(state, { id, kind: 'list', items: [], ...card }, made)
    return 0
  },

  answer(view, context, { params: { operationId }, event }, writer) {
    const before = { operation: listCreate.code, operationId }
    const id = event?.listId ?? (madeBefore(view, context, before) as number)
    const named = { kind: 'list', id } as const
    writeCollectionAnswer(writer, view, { named, reader: context.actorIndex })
  },
})
