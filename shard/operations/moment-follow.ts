import { momentFollow } from '../../protocol/operations/moment-follow.ts'
import { followCollection, mayFollowCollection } from './collection.ts'
import { implementWrite } from './implement.ts'

export const momentFollowHandler = implementWrite(momentFollow, {
  // How many the actor follows is decided about.
  claims: ({ actor }) => [`follow moments ${actor}`],

  decide(view, { actor, actorIndex }, { momentId }) {
    const follow = mayFollowCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (follow === undefined) return { kind: 'unchanged' }
    if ('kind' in follow) return follow
    return { kind: 'committed', event: { actorId: actor, momentId, ...follow } }
  },

  apply(state, { momentId, ...followed }) {
    followCollection(state, { kind: 'moment', id: momentId, ...followed })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
