// Approving and rejecting a request to follow: two operations that differ in what they note.

import type { UserId } from '../../protocol/ids.ts'
import type { ShardState } from '../state/shard-state.ts'
import { findUserById } from './find.ts'
import { answersRememberedMax, waitingRequest } from './following.ts'
import type { Context, Effects, No, View } from './implement.ts'

type Answered = { readonly actorId: UserId; readonly userId: UserId; readonly requestId: number }
type Asked = { readonly userId: UserId }
type Decided = { readonly kind: 'committed'; readonly event: Answered } | No<'no_request'>

/** @param kind of the marks in which the answer is noted */
export function answerRequest(kind: string) {
  return {
    claims: ({ actor }: Context, { userId }: Asked) => [`answer ${actor} ${userId}`],

    decide(view: View, { actor, actorIndex }: Context, { userId }: Asked): Decided {
      const follower = findUserById(view, userId)
      if (typeof follower !== 'number') return follower
      const requestId = waitingRequest(view, { follower, followee: actorIndex })
      if (requestId === 0) return { kind: 'refused', code: 'no_request' }
      return { kind: 'committed', event: { actorId: actor, userId, requestId } }
    },

    apply(state: ShardState, { actorId, requestId }: Answered): number {
      const user = state.users.index.intern(actorId)
      const answers = state.marks(kind)
      state.marked.add(kind, user, requestId)
      if (answers.length(user) > answersRememberedMax) {
        state.marked.remove(kind, user, answers.at(user, 0))
      }
      return 0
    },

    effects(effects: Effects, { actorId, userId }: Answered): void {
      effects.followMaySettle(userId, actorId)
    },
  }
}
