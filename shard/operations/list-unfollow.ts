import { listUnfollow } from '../../protocol/operations/list-unfollow.ts'
import { followMark, unfollowCollection } from './collection.ts'
import { implementWrite } from './implement.ts'

export const listUnfollowHandler = implementWrite(listUnfollow, {
  claims: ({ actor }) => [`follow lists ${actor}`],

  decide(view, { actor, actorIndex }, { listId }) {
    if (!view.marks(followMark.list).has(actorIndex, listId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, listId } }
  },

  apply(state, { actorId, listId }) {
    unfollowCollection(state, { kind: 'list', id: listId, actorId })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
