// What the clients of a fault run did and were told: the history that the checker judges.
//
// Append-only, like a ship's log: each write is entered when it is first sent and completed when its
// outcome is known. Three outcomes, and no fourth: `acknowledged`; `refused`, which surely did not
// happen; `unknown`, which happened once or not at all, and nobody asked again.

import type { TweetId, UserId } from '../../../protocol/ids.ts'

export type WriteKind = 'post' | 'follow' | 'unfollow' | 'favorite' | 'unfavorite'
export type Outcome = 'acknowledged' | 'refused' | 'unknown'

export type Write = {
  /** Unique in the run; for a post also its operation id and a part of its text. */
  readonly key: string
  readonly kind: WriteKind
  readonly actorId: UserId
  /** Of the actor, where the write is decided. */
  readonly partition: number
  /** The user that is followed, or the tweet that is marked; 0 for a post. */
  readonly targetId: number
  /** Milliseconds of this process's monotonic clock. */
  readonly invokedAtMs: number
  /** Infinity while the outcome is open. */
  readonly endedAtMs: number
  /** Undefined while it is open. */
  readonly outcome: Outcome | undefined
  /** Of an acknowledged post. */
  readonly tweetId?: TweetId | undefined
}

/** An answer after which the client had to act. */
export type FailedAttempt = {
  readonly atMs: number
  readonly kind: WriteKind
  readonly partition: number
  /** An error code, or `closed 1006` where the socket was lost with the request in flight. */
  readonly code: string
  readonly message: string
  readonly tookMs: number
}

/** One tweet as it reached a live reader. */
export type StreamItem = {
  readonly tweetId: TweetId
  readonly authorId: UserId
  readonly key: string
  readonly atMs: number
}

/** From one answer of `live.subscribe` to the loss of its socket. */
export type StreamSegment = {
  readonly subscribedAtMs: number
  /** False for the first one, and where the server said that it cannot tell what was missed. */
  readonly isRecovered: boolean
  /** The newest page, which stands in for what was missed; empty where the stream goes on. */
  readonly page: readonly TweetId[]
  /** What the reader then read in the home timeline, page after page, until nothing of it was new. */
  readonly caughtUp: readonly TweetId[]
  readonly items: readonly StreamItem[]
  readonly lostAtMs?: number | undefined
  readonly closeCode?: number | undefined
}

/** What one live reader saw, over all its sockets. */
export type Stream = {
  readonly readerId: UserId
  /** Whom the reader followed before the first tweet of the run, and until its end. */
  readonly follows: ReadonlySet<UserId>
  readonly segments: readonly StreamSegment[]
}

export type History = {
  readonly writes: readonly Write[]
  readonly streams: readonly Stream[]
}

/** The words by which a tweet names its write. */
export function textOf(key: string): string {
  return `Write ${key}`
}

/** @returns the key of the write, or the whole text where it is none of ours. */
export function keyOf(text: string): string {
  return text.startsWith('Write ') ? text.slice('Write '.length) : text
}
