import { listFollow } from '../../protocol/operations/list-follow.ts'
import { followCollection, mayFollowCollection } from './collection.ts'
import { implementWrite } from './implement.ts'

export const listFollowHandler = implementWrite(listFollow, {
  // How many the actor follows is decided about.
  claims: ({ actor }) => [`follow lists ${actor}`],

  decide(view, { actor, actorIndex }, { listId }) {
    const isNew = mayFollowCollection(view, actorIndex, { kind: 'list', id: listId })
    if (typeof isNew !== 'boolean') return isNew
    return isNew ? { kind: 'committed', event: { actorId: actor, listId } } : { kind: 'unchanged' }
  },

  apply(state, { actorId, listId }) {
    followCollection(state, { kind: 'list', id: listId, actorId })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
