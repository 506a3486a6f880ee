// What could be seen from outside when a fault run was over: pages, counters, the log, epochs, digests.

import type { TweetId, UserId } from '../../../protocol/ids.ts'

export type SeenTweet = {
  readonly id: TweetId
  readonly authorId: UserId
  readonly key: string
  readonly favorites: number
}

/** One user as the public interface shows them. Lists are whole and in the order of the pages. */
export type SeenUser = {
  readonly id: UserId
  readonly profile: readonly SeenTweet[]
  readonly home: readonly SeenTweet[]
  readonly following: readonly UserId[]
  readonly counts: {
    readonly tweets: number
    readonly followers: number
    readonly following: number
  }
}

export type Position = { readonly epoch: number; readonly sequence: number }

/** One entry of a partition's log, without its content but for the keys of the writes in it. */
export type SeenEntry = {
  readonly position: Position
  readonly previous: Position
  readonly keys: readonly string[]
}

export type SeenLog = {
  readonly partition: number
  /** False where its beginning has been trimmed away. */
  readonly isWhole: boolean
  readonly entries: readonly SeenEntry[]
}

/** The epoch of a partition as one process, or the log, told it at one moment. */
export type SeenEpoch = {
  readonly observer: string
  readonly partition: number
  readonly epoch: number
}

/** The state of a partition in one process, at a position of its log. */
export type SeenDigest = {
  readonly process: string
  readonly partition: number
  readonly position: string
  readonly digest: string
}

export type Observation = {
  readonly users: ReadonlyMap<UserId, SeenUser>
  /** Empty where the log cannot be read from outside (the embedded one). */
  readonly logs: readonly SeenLog[]
  /** In the order in which they were seen. */
  readonly epochs: readonly SeenEpoch[]
  readonly digests: readonly SeenDigest[]
}
