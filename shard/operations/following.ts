// Following, where two users have a say in it: blocks, and requests to protected accounts.
//
//   log of ada's partition                 log of bob's partition
//   ada asks bob (request 7)        ->     bob approves request 7     (or rejects it, or blocks ada)
//   ada follows bob, request over   <-
//
// A follow is a fact of the follower's log alone: the edges, their counts and the snapshots say what that log
// says, whatever else has been heard of. So a block or an answer in the log of the other one cannot change
// it. Instead it has two effects, and neither depends on the order in which logs come together:
//
//   1. At once, wherever it is heard of: nothing of the one is shown or pushed to the other across a block
//      (visibility.ts), and `viewer` says neither following nor requested.
//   2. The primary of the follower's partition *settles* the follow: it writes into the follower's log what
//      follows from the two (`settled`, below). It does so when it hears of the block or the answer, and for
//      all of its users when it begins to reign: whatever a former primary left undone, the next one does.
//
// `settled` looks at facts only, never at the event that made somebody ask: so asking once more, late or
// from several sides changes nothing. A block that is taken back before it was heard of where the follower
// lives ends no follow; from any later moment on it does, for good: an unblock brings no follow back.
//
// A request has an id, and an answer names it. An old approval lets nobody in who was thrown out, and a
// rejection does not reach whoever has asked again since. An answer is remembered until it is settled, and the
// newest `answersRememberedMax` for longer. What is settled is a fact of the other log, which processes hear of
// at different times: so the primary that takes an answer says in its event which others are forgotten.
//
// An account that is deleted ends the follows of it in the same way, and for good: leaving.ts.
//
// An account that becomes protected keeps its followers; a follow counts among them if it was decided before
// its shard had heard of the change. When it becomes open again, nobody is let in by that: who waits is
// approved as before, or follows anew (as it is with Twitter).

import { forgottenAtOnceMax } from '../../protocol/limits.ts'
import { markKind } from '../state/marks.ts'
import { isHeardOf } from './find.ts'
import type { View } from './implement.ts'
import { isBlockBetween } from './visibility.ts'

/** Answers of a kind that are remembered for each user who gives them: beyond it, those that are not settled. */
export const answersRememberedMax = 4_096

type Pair = { readonly follower: number; readonly followee: number }

/** A follow as the follower's log has it, and as it should be; undefined where the two are the same. */
export type Settling = { readonly before: boolean; readonly after: boolean }

/** What the follower's log has to say of a follow now. The follower is hosted. */
export function settled(view: View, pair: Pair): Settling | undefined {
  const { follower, followee } = pair
  const requestId = view.requests.between(pair)
  const before = view.followings.has(follower, followee)
  if (!before && requestId === 0) return undefined
  const isOver = isBlockBetween(view, follower, followee) || view.users.isGone(followee)
  if (isOver) return { before, after: false }
  if (requestId === 0) return undefined
  if (view.marks(markKind.approved).has(followee, requestId)) return { before, after: true }
  if (view.marks(markKind.rejected).has(followee, requestId)) return { before, after: before }
  return undefined
}

/** The id of the request that waits for an answer; 0 where there is none. */
export function waitingRequest(view: View, pair: Pair): number {
  const requestId = view.requests.between(pair)
  return requestId !== 0 && isWaiting(view, pair.followee, requestId) ? requestId : 0
}

/** Whether a request that was made has no answer yet, and no block stands in its way. */
export function isWaiting(view: View, followee: number, requestId: number): boolean {
  const isAnswered =
    view.marks(markKind.approved).has(followee, requestId) ||
    view.marks(markKind.rejected).has(followee, requestId)
  return !isAnswered && !isBlockBetween(view, view.requests.followerOf(requestId), followee)
}

/** The answers that make room for another one: to the oldest requests, of those that are over. */
export function forgettable(view: View, kind: string, user: number): readonly number[] {
  const answers = view.marks(kind)
  const count = answers.length(user)
  const wanted = Math.min(count + 1 - answersRememberedMax, forgottenAtOnceMax)
  const found: number[] = []
  for (let place = 0; place < count && found.length < wanted; place++) {
    const requestId = answers.at(user, place)
    if (isOver(view, requestId)) found.push(requestId)
  }
  return found
}

/** Whether a request was settled or taken back, and is not one that was never heard of here. */
function isOver(view: View, requestId: number): boolean {
  return isHeardOf(view, requestId) && view.requests.followerOf(requestId) < 0
}
