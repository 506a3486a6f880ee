// Live streams: every tweet of those whom the reader follows arrives once and in its author's order, or the
// reader was told that something is missing.
//
// A hole that was told ends with a page of the newest tweets instead of what was missed; the reader then reads
// back in the timeline. What was written in the segment that was lost, and until that page came, and was
// not found there either, is no silent hole: it is counted apart, as missed.

import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import type { History, Stream, StreamSegment, Write } from '../history.ts'
import type { Observation } from '../observation.ts'
import type { Violation } from '../violation.ts'

export function checkStreams(history: History, observation: Observation): Violation[] {
  const posts = new Map(history.writes.map((write) => [write.key, write]))
  return history.streams.flatMap((stream) => [
    ...checkRepeats(stream),
    ...checkOrder(stream),
    ...checkAuthors(stream),
    ...checkHoles(stream, { posts, observation }),
  ])
}

function checkRepeats(stream: Stream): Violation[] {
  return chainsOf(stream).flatMap((chain) => {
    const seen = new Set<TweetId>(chain[0]?.page)
    return chain
      .flatMap(({ items }) => items)
      .flatMap(({ tweetId }): Violation[] => {
        const isRepeat = seen.has(tweetId)
        seen.add(tweetId)
        if (!isRepeat) return []
        return [{ rule: 'doubled', what: `the stream of ${stream.readerId} has ${tweetId} twice` }]
      })
  })
}

function checkOrder(stream: Stream): Violation[] {
  return chainsOf(stream).flatMap((chain) => {
    const newest = new Map<UserId, TweetId>()
    const violations: Violation[] = []
    for (const { authorId, tweetId } of chain.flatMap(({ items }) => items)) {
      const before = newest.get(authorId)
      if (before !== undefined && tweetId < before) {
        const what = `the stream of ${stream.readerId} has ${tweetId} after ${before}, both of ${authorId}`
        violations.push({ rule: 'reordered', what })
      } else newest.set(authorId, tweetId)
    }
    return violations
  })
}

/**
 * The segments that go on from one another. Behind a hole that was told, the reader starts anew, and may be
 * shown again what was on display before: two hosts need not have read equally far.
 */
function chainsOf({ segments }: Stream): StreamSegment[][] {
  const chains: StreamSegment[][] = []
  for (const segment of segments) {
    const current = chains.at(-1)
    if (current !== undefined && segment.isRecovered) current.push(segment)
    else chains.push([segment])
  }
  return chains
}

/** Tweets that were shown again behind a hole that was told: no lie, but a flicker on the display. */
export function countShownAgain({ streams }: History): number {
  return streams
    .map(({ segments }) => segments.flatMap(({ items }) => items.map(idOf)))
    .reduce((sum, ids) => sum + ids.length - new Set(ids).size, 0)
}

function checkAuthors({ readerId, follows, segments }: Stream): Violation[] {
  return segments
    .flatMap(({ items }) => items)
    .filter(({ authorId }) => authorId !== readerId && !follows.has(authorId))
    .map(({ tweetId, authorId }) => ({
      rule: 'invented',
      what: `the stream of ${readerId} has ${tweetId} of ${authorId}, who is not followed`,
    }))
}

type Known = { readonly posts: ReadonlyMap<string, Write>; readonly observation: Observation }
type Absent = { readonly what: string; readonly isTold: boolean }

function checkHoles(stream: Stream, known: Known): Violation[] {
  return absentees(stream, known)
    .filter(({ isTold }) => !isTold)
    .map(({ what }) => ({ rule: 'hole', what }))
}

/** Tweets that readers never saw because of a hole that they were told of, nor found when they read back. */
export function countMissed(history: History, observation: Observation): number {
  const posts = new Map(history.writes.map((write) => [write.key, write]))
  return history.streams
    .flatMap((stream) => absentees(stream, { posts, observation }))
    .filter(({ isTold }) => isTold).length
}

function absentees(stream: Stream, { posts, observation }: Known): Absent[] {
  const { readerId, follows, segments } = stream
  const arrived = new Set(
    segments.flatMap(({ items, page, caughtUp }) => [...page, ...caughtUp, ...items.map(idOf)]),
  )
  const startedAtMs = segments[0]?.subscribedAtMs ?? Infinity
  const absent: Absent[] = []
  for (const authorId of [readerId, ...follows]) {
    for (const tweet of observation.users.get(authorId)?.profile ?? []) {
      const write = posts.get(tweet.key)
      if (write === undefined || write.invokedAtMs < startedAtMs) continue
      if (arrived.has(tweet.id)) continue
      const what = `the stream of ${readerId} lacks ${tweet.id} (${tweet.key}) of ${authorId}`
      absent.push({ what, isTold: isExcused(write, segments) })
    }
  }
  return absent
}

function idOf({ tweetId }: { readonly tweetId: TweetId }): TweetId {
  return tweetId
}

/** Whether a hole that was told may hold it. */
function isExcused(write: Write, segments: readonly StreamSegment[]): boolean {
  return segments.some((segment, index) => {
    const lost = segments[index - 1]
    if (lost === undefined || segment.isRecovered) return false
    return write.invokedAtMs <= segment.subscribedAtMs && write.endedAtMs >= lost.subscribedAtMs
  })
}
