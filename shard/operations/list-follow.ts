import { listFollow } from '../../protocol/operations/list-follow.ts'
import { followCollection, mayFollowCollection } from './collection.ts'
import { implementWrite } from './implement.ts'

export const listFollowHandler = implementWrite(listFollow, {
  // How many the actor follows is decided about.
  claims: ({ actor }) => [`follow lists ${actor}`],

  decide(view, { actor, actorIndex }, { listId }) {
    const follow = mayFollowCollection(view, actorIndex, { kind: 'list', id: listId })
    if (follow === undefined) return { kind: 'unchanged' }
    if ('kind' in follow) return follow
    return { kind: 'committed', event: { actorId: actor, listId, ...follow } }
  },

  apply(state, { listId, ...followed }) {
    followCollection(state, { kind: 'list', id: listId, ...followed })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
