import { momentFollow } from '../../protocol/operations/moment-follow.ts'
import { followCollection, mayFollowCollection } from './collection.ts'
import { implementWrite } from './implement.ts'

export const momentFollowHandler = implementWrite(momentFollow, {
  // How many the actor follows is decided about.
  claims: ({ actor }) => [`follow moments ${actor}`],

  decide(view, { actor, actorIndex }, { momentId }) {
    const isNew = mayFollowCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (typeof isNew !== 'boolean') return isNew
    return isNew
      ? { kind: 'committed', event: { actorId: actor, momentId } }
      : { kind: 'unchanged' }
  },

  apply(state, { actorId, momentId }) {
    followCollection(state, { kind: 'moment', id: momentId, actorId })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
