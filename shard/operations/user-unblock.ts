import { userUnblock } from '../../protocol/operations/user-unblock.ts'
import { markKind } from '../state/marks.ts'
import { findMarkedUser } from './find.ts'
import { implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'
import { doesBlock } from './visibility.ts'

export const userUnblockHandler = implementWrite(userUnblock, {
  claims: ({ actor }, { userId }) => [`block ${actor} ${userId}`],

  decide(view, { actor, actorIndex }, { userId }) {
    const blocked = findMarkedUser(view, { kind: markKind.blocks, actorIndex, userId })
    if (typeof blocked !== 'number') return blocked
    if (!doesBlock(view, actorIndex, blocked)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, userId } }
  },

  apply(state, { actorId, userId }) {
    state.marked.remove(markKind.blocks, state.users.index.intern(actorId), userId)
    return 0
  },

  answer: writeUserAnswer,
})
