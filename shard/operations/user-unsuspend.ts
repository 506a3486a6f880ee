import { userUnsuspend } from '../../protocol/operations/user-unsuspend.ts'
import { markKind } from '../state/marks.ts'
import { findUser } from './find.ts'
import { implementWrite } from './implement.ts'
import { keepAction, suspensionOf, writeUserId } from './moderation.ts'

export const userUnsuspendHandler = implementWrite(userUnsuspend, {
  claims: (_context, { handle }) => [`handle ${handle.toLowerCase()}`],

  decide(view, context, { handle, by, reason }) {
    const user = findUser(view, { handle }, context.partitionCount)
    if (typeof user !== 'number') return user
    if (suspensionOf(view, user) === 0) return { kind: 'unchanged' }
    const userId = view.users.idOf(user)
    return { kind: 'committed', event: { userId, actionId: context.newId(), by, reason } }
  },

  apply(state, { userId, actionId, by, reason }) {
    keepAction(state, userId, { id: actionId, action: 'unsuspend', by, reason })
    const user = state.users.index.intern(userId)
    const suspension = suspensionOf(state, user)
    if (suspension !== 0) state.marked.remove(markKind.suspensions, user, suspension)
    return 0
  },

  answer: writeUserId,
})
