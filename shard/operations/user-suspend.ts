import { endedAtOnceMax } from '../../protocol/limits.ts'
import { userSuspend } from '../../protocol/operations/user-suspend.ts'
import { markKind } from '../state/marks.ts'
import { findUser } from './find.ts'
import type { View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { keepAction, writeUserId } from './moderation.ts'
import { isSuspended } from './visibility.ts'

// Sign-ins and sign-ups claim the handle as well: no session begins between the decision and its end.
export const userSuspendHandler = implementWrite(userSuspend, {
  claims: (_context, { handle }) => [
    `sessions ${handle.toLowerCase()}`,
    `handle ${handle.toLowerCase()}`,
  ],

  decide(view, context, { handle, by, reason }) {
    const user = findUser(view, { handle }, context.partitionCount)
    if (typeof user !== 'number') return user
    if (isSuspended(view, user)) return { kind: 'unchanged' }
    const userId = view.users.idOf(user)
    return {
      kind: 'committed',
      event: {
        userId,
        actionId: context.newId(),
        by,
        reason,
        endedHashes: hashesOf(view, userId).slice(0, endedAtOnceMax),
      },
    }
  },

  apply(state, { userId, actionId, by, reason }) {
    keepAction(state, userId, { id: actionId, action: 'suspend', by, reason })
    state.marked.add(markKind.suspensions, state.users.index.intern(userId), actionId)
    state.promotions.endAll(userId, 'account')
    state.accounts.endSessionsOf(userId)
    return 0
  },

  effects(effects, { userId, endedHashes }) {
    for (const hash of endedHashes) effects.endSession(userId, hash)
  },

  answer: writeUserId,
})

/** The keys first, as there are few of them, and then the tokens. */
export function hashesOf(view: View, userId: ReturnType<View['users']['idOf']>): string[] {
  const keys = view.apps.listOf(userId).map(({ keyHash }) => keyHash)
  return [...keys, ...view.accounts.sessionsOf(userId).map(({ tokenHash }) => tokenHash)]
}
