// What the shard and a fan-out worker say to each other.

import type { SharedAdjacency } from '../state/graph/adjacency.ts'
import type { SharedRings } from '../state/rings/timeline-rings.ts'
import type { SharedOnlineUsers } from '../state/timelines/online-users.ts'

/** Memory that a worker sees as the shard does; sent once, when the worker starts. */
export type SharedMemory = {
  readonly rings: SharedRings
  readonly followers: SharedAdjacency
  readonly online: SharedOnlineUsers
}

/** A stretch of owners, from `from` to before `to`, whose rings are lent to the worker for one tweet. */
export type FanOutTask = {
  readonly author: number
  /** -1 unless it is a reply to somebody else. */
  readonly repliedTo: number
  readonly tweetId: number
  readonly from: number
  readonly to: number
  /** No ring of the stretch holds this tweet or a newer one. */
  readonly isNewest: boolean
}

export type FanOutResult = {
  /** Rings that took the tweet. */
  readonly appended: number
  /** Owners whose rings need more than an entry behind the last: for the shard to see to. */
  readonly left: readonly number[]
  /** Followers of the stretch who are online. */
  readonly online: readonly number[]
}
