import { failure } from '../../protocol/errors.ts'
import { usersMutedMax } from '../../protocol/limits.ts'
import { userMute } from '../../protocol/operations/user-mute.ts'
import { markKind } from '../state/marks.ts'
import { findUserById } from './find.ts'
import { implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'
import { doesMute } from './visibility.ts'

export const userMuteHandler = implementWrite(userMute, {
  claims: ({ actor }, { userId }) => [`mute ${actor} ${userId}`],

  decide(view, { actor, actorIndex }, { userId }) {
    if (userId === actor) return { kind: 'refused', code: 'cannot_mute_self' }
    const muted = findUserById(view, userId)
    if (typeof muted !== 'number') return muted
    if (doesMute(view, actorIndex, muted)) return { kind: 'unchanged' }
    if (view.marks(markKind.mutes).length(actorIndex) >= usersMutedMax) {
      return { kind: 'failed', error: failure('too_large', { field: 'userId' }) }
    }
    return { kind: 'committed', event: { actorId: actor, userId } }
  },

  apply(state, { actorId, userId }) {
    if (state.isHosted(actorId)) {
      state.marked.add(markKind.mutes, state.users.index.intern(actorId), userId)
    }
    return 0
  },

  answer: writeUserAnswer,
})
