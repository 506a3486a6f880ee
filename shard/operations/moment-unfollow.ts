import { momentUnfollow } from '../../protocol/operations/moment-unfollow.ts'
import { followMark, unfollowCollection } from './collection.ts'
import { implementWrite } from './implement.ts'

export const momentUnfollowHandler = implementWrite(momentUnfollow, {
  claims: ({ actor }) => [`follow moments ${actor}`],

  decide(view, { actor, actorIndex }, { momentId }) {
    if (!view.marks(followMark.moment).has(actorIndex, momentId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, momentId } }
  },

  apply(state, { actorId, momentId }) {
    unfollowCollection(state, { kind: 'moment', id: momentId, actorId })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
