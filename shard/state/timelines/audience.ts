// The audience of a tweet: in whose home timelines it belongs, beside its author's own.
//
//   a tweet, a retweet, a reply to oneself     all who follow the author
//   a reply to somebody else                   those who follow both; everybody counts as following themselves
//
//   followers of ada     [ 3   8   9   21   40 ]
//   followers of bob     [ 8   11  21  22 ... ]        ada's reply to bob is for 8 and 21, and for bob if he
//                                                      follows ada
//
// The shorter of the two lists is gone through, and the longer one decoded beside it, or searched where it is far
// longer: so a reply to a celebrity costs what its author's few followers cost, and the other way round.
//
// `keepOwn` and `isInAudience` are the same rule from the reader's side, for a timeline that is built anew and for a
// single tweet: all must agree.
//
// On the shard's own thread and in the workers alike.

import type { Neighbors } from '../graph/adjacency.ts'
import type { IdLists } from '../memory/id-lists.ts'
import { absent } from '../memory/id-table.ts'
import { INDEX_LIMIT } from '../memory/paged-table.ts'
import type { Tweets } from '../tweets/tweets.ts'

/** Whom a tweet is by and, in `repliedTo`, to: -1 unless it replies to somebody else. */
export type Audience = { readonly author: number; readonly repliedTo: number }

type Followers = Pick<Neighbors, 'copyTo' | 'degree' | 'has'>
type Range = { readonly from: number; readonly to: number }

export const allOwners: Range = { from: 0, to: INDEX_LIMIT }

/** Followers that are decoded, for each one looked for, rather than searched: about as fast at this number. */
const decodedPerSearchMax = 48
const others = new Uint32Array(1_024)

/** At least as many as the audience has. */
export function audienceMax(followers: Followers, { author, repliedTo }: Audience): number {
  const count = followers.degree(author)
  return repliedTo === absent ? count : Math.min(count, followers.degree(repliedTo))
}

/**
 * Goes through the audience within a range of owners; the user replied to is left out, and is asked for with
 * `isForRepliedTo`.
 * @param chunk is filled with owners, ascending; `each` finds so many of them in it, at least one
 */
export function forEachOfAudience(
  followers: Followers,
  given: { readonly audience: Audience; readonly range: Range; readonly chunk: Uint32Array },
  each: (count: number) => void,
): void {
  const { range, chunk } = given
  const { author, repliedTo } = given.audience
  const isReply = repliedTo !== absent
  const isFirstShorter = !isReply || followers.degree(author) <= followers.degree(repliedTo)
  const [shorter, longer] = isFirstShorter ? [author, repliedTo] : [repliedTo, author]
  for (let { from } = range; ; ) {
    const count = followers.copyTo(shorter, { from, to: range.to }, chunk)
    const next = count === 0 ? 0 : chunk[count - 1]! + 1
    const kept = isReply ? keepCommon(followers, longer, chunk.subarray(0, count)) : count
    if (kept > 0) each(kept)
    if (count < chunk.length) return
    from = next
  }
}

/** Whether a reply is for the user replied to. */
export function isForRepliedTo(followers: Followers, { author, repliedTo }: Audience): boolean {
  return repliedTo !== absent && followers.has(author, repliedTo)
}

/** Moves those who follow `node` to the front. @returns how many those are */
function keepCommon(followers: Followers, node: number, chunk: Uint32Array): number {
  if (chunk.length === 0) return 0
  let kept = 0
  if (followers.degree(node) > chunk.length * decodedPerSearchMax) {
    for (const one of chunk) if (followers.has(node, one)) chunk[kept++] = one
    return kept
  }
  const to = chunk[chunk.length - 1]! + 1
  let place = 0
  for (let from = chunk[0]!; place < chunk.length; ) {
    const count = followers.copyTo(node, { from, to }, others)
    for (let other = 0; other < count && place < chunk.length; other++) {
      while (place < chunk.length && chunk[place]! < others[other]!) place++
      if (chunk[place] === others[other]) chunk[kept++] = chunk[place++]!
    }
    if (count < others.length) break
    from = others[count - 1]! + 1
  }
  return kept
}

/** Whether a tweet is for a hosted user, as follows are now: their own, or of those whom they follow. */
export function isInAudience(
  { tweets, followings }: Facts,
  { user, tweet }: { readonly user: number; readonly tweet: number },
): boolean {
  const author = tweets.authorOf(tweet)
  if (author === user) return true
  if (!followings.has(user, author)) return false
  const repliedTo = tweets.repliedTo(tweet)
  return repliedTo === absent || repliedTo === user || followings.has(user, repliedTo)
}

type Facts = {
  readonly tweets: Pick<Tweets, 'authorOf' | 'repliedTo'>
  readonly followings: Pick<Neighbors, 'has'>
}

/** Who builds a timeline anew, with a quick answer to whom they follow. */
export type Reader = { readonly user: number; follows(other: number): boolean }

/**
 * @param followees all whom the user follows. Where more is asked than they are many, a set of them answers: in a
 * tenth of the time.
 */
export function readerOf(
  followings: Pick<Neighbors, 'has'>,
  user: number,
  followees: readonly number[],
): Reader {
  let set: ReadonlySet<number> | undefined
  let askedCount = 0
  const follows = (other: number): boolean => {
    if (set !== undefined) return set.has(other)
    if (askedCount++ > followees.length) set = new Set(followees)
    return followings.has(user, other)
  }
  return { user, follows }
}

/**
 * Moves those tweets that belong in a reader's home timeline to the front: of those whom they follow, and their
 * own. A deleted one keeps its place.
 * @param ids the first `count` hold
 * @returns how many belong there
 */
export function keepOwn(
  given: { readonly tweets: Tweets; readonly authored: Pick<IdLists, 'has'> },
  { user, follows }: Reader,
  { ids, count }: { readonly ids: Float64Array; readonly count: number },
): number {
  const { tweets, authored } = given
  if (found.length < count) found = new Int32Array(count)
  tweets.indexesOf(ids, count, found)
  let kept = 0
  for (let place = 0; place < count; place++) {
    const tweet = found[place]!
    const repliedTo = tweet < 0 ? absent : tweets.repliedTo(tweet)
    // Their own are looked for in their list, which is at hand: the record of each tweet is far away in memory.
    const isOwn =
      repliedTo === absent ||
      repliedTo === user ||
      follows(repliedTo) ||
      authored.has(user, ids[place]!)
    if (isOwn) ids[kept++] = ids[place]!
  }
  return kept
}

let found = new Int32Array(256)
