// Approving and rejecting a request to follow: two operations that differ in what they note.

import type { UserId } from '../../protocol/ids.ts'
import { markKind } from '../state/marks.ts'
import type { ShardState } from '../state/shard-state.ts'
import { findUserById } from './find.ts'
import { answersRememberedMax, waitingRequest } from './following.ts'
import type { Context, DecideContext, Effects, No, View } from './implement.ts'

type Answered = {
  readonly actorId: UserId
  readonly userId: UserId
  readonly requestId: number
  readonly approvalId?: number
}
type Asked = { readonly userId: UserId }
type Decided = { readonly kind: 'committed'; readonly event: Answered } | No<'no_request'>

/** @param kind of the marks in which the answer is noted */
export function answerRequest(kind: string) {
  return {
    claims: ({ actor }: Context, { userId }: Asked) => [`answer ${actor} ${userId}`],

    decide(view: View, context: DecideContext, { userId }: Asked): Decided {
      const { actor, actorIndex } = context
      const follower = findUserById(view, userId)
      if (typeof follower !== 'number') return follower
      const requestId = waitingRequest(view, { follower, followee: actorIndex })
      if (requestId === 0) return { kind: 'refused', code: 'no_request' }
      const event = { actorId: actor, userId, requestId }
      if (kind === markKind.rejected) return { kind: 'committed', event }
      return { kind: 'committed', event: { ...event, approvalId: context.newId() } }
    },

    apply(state: ShardState, { actorId, userId, requestId, approvalId }: Answered): number {
      const user = state.users.index.intern(actorId)
      const answers = state.marks(kind)
      state.marked.add(kind, user, requestId)
      if (answers.length(user) > answersRememberedMax) {
        state.marked.remove(kind, user, answers.at(user, 0))
      }
      if (approvalId === undefined) return 0
      state.noteIssuedId(approvalId)
      const deed = { kind: 'follow_approved', actorId, recipientId: userId } as const
      state.notices.note(deed, approvalId)
      return 0
    },

    effects(effects: Effects, { actorId, userId }: Answered): void {
      effects.followMaySettle(userId, actorId)
      effects.noticed(userId)
    },
  }
}
