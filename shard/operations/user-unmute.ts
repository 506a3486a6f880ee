import { userUnmute } from '../../protocol/operations/user-unmute.ts'
import { markKind } from '../state/marks.ts'
import { findMarkedUser } from './find.ts'
import { implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'
import { doesMute } from './visibility.ts'

export const userUnmuteHandler = implementWrite(userUnmute, {
  claims: ({ actor }, { userId }) => [`mute ${actor} ${userId}`],

  decide(view, { actor, actorIndex }, { userId }) {
    const muted = findMarkedUser(view, { kind: markKind.mutes, actorIndex, userId })
    if (typeof muted !== 'number') return muted
    if (!doesMute(view, actorIndex, muted)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, userId } }
  },

  apply(state, { actorId, userId }) {
    if (state.isHosted(actorId)) {
      state.marked.remove(markKind.mutes, state.users.index.intern(actorId), userId)
    }
    return 0
  },

  answer: writeUserAnswer,
})
