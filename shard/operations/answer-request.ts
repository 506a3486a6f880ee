// Approving and rejecting a request to follow: two operations that differ in what they note.

import type { UserId } from '../../protocol/ids.ts'
import { markKind } from '../state/marks.ts'
import type { ShardState } from '../state/shard-state.ts'
import { findUserById } from './find.ts'
import { forgettable, waitingRequest } from './following.ts'
import type { Context, DecideContext, Effects, No, View } from './implement.ts'

type Answered = {
  readonly actorId: UserId
  readonly userId: UserId
  readonly requestId: number
  readonly forgottenIds?: readonly number[]
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
      const forgottenIds = forgettable(view, kind, actorIndex)
      const forgotten = forgottenIds.length > 0 ? { forgottenIds } : {}
      const event = { actorId: actor, userId, requestId, ...forgotten }
      if (kind === markKind.rejected) return { kind: 'committed', event }
      return { kind: 'committed', event: { ...event, approvalId: context.newId() } }
    },

    apply(state: ShardState, event: Answered): number {
      const { actorId, userId, requestId, approvalId, forgottenIds = [] } = event
      const user = state.users.index.intern(actorId)
      state.marked.add(kind, user, requestId)
      for (const id of forgottenIds) state.marked.remove(kind, user, id)
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
