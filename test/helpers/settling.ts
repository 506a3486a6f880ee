// What the primary of a follower's partition writes when it hears of a block or an answer to a request.

import type { UserId } from '../../protocol/ids.ts'
import { settled } from '../../shard/operations/following.ts'
import type { ShardState } from '../../shard/state/shard-state.ts'

export type Follow = { readonly followerId: UserId; readonly followeeId: UserId }

/** @returns the event of `follow.settle`; undefined where there is nothing to settle, or not here */
export function settlingOf(state: ShardState, follow: Follow) {
  if (!state.isHosted(follow.followerId)) return undefined
  const { users } = state
  const pair = {
    follower: users.indexOf(follow.followerId),
    followee: users.indexOf(follow.followeeId),
  }
  const settling = settled(state, pair)
  return settling === undefined ? undefined : { ...follow, ...settling }
}
