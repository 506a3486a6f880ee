// Rank: the order of a home timeline by what matters to its reader.
//
//   score = log2((1 + engagement) * (1 + affinity)) - age / 6 hours
//
//   engagement   what others did with the tweet: favorites + 2 * (retweets + replies)
//   affinity     what the reader did with the author's tweets of late, counted in the same way; of a retweet, with
//                those of the one or the other author, whichever is more
//   age          since the tweet came into the timeline: of a retweet, since it was retweeted
//
// A doubling of either is worth six hours: a tweet of now with 3 favorites stands beside one of twelve hours ago
// with 15. Without the logarithm it is `(1 + engagement) * (1 + affinity) * 2^(-age / 6 h)`: the product of affinity,
// weight and time decay that Facebook published as EdgeRank (f8, April 2010). Taking the logarithm of the votes,
// so that the first ten count as much as the next hundred, and adding the time to it, is the "hot" order of
// Reddit's published source (r2/r2/lib/db/_sorts.pyx: log10 of the votes plus seconds / 45,000). That a retweet counts
// as two favorites is the proportion of Twitter's published ranking (twitter/the-algorithm-ml on GitHub, recap: 0.5
// for a favorite, 1 for a retweet). There a reply weighs 27, but it is the chance of the reader's own reply; a count of
// replies grows with a quarrel as well, so it weighs here what a retweet does.
//
// All of it is in memory already. The reader's favorites and own tweets are looked at as far as `dealingsMax` back,
// and no body is read.

import { firstIdAt, timeOfId } from '../../protocol/ids.ts'
import { timelineLengthMax } from '../../protocol/limits.ts'
import { absent } from '../state/memory/id-table.ts'
import { originalOrSelf } from './find.ts'
import type { View } from './implement.ts'

/** A doubling of engagement or affinity is worth as much as this time. */
export const halfLifeMs = 6 * 60 * 60 * 1000
/** What a retweet or a reply counts, where a favorite counts 1. */
const passingOnWeight = 2
/** Favorites, and own tweets, that affinity is taken from: the newest. */
export const dealingsMax = 256

/** A reader, and the moment whose counts and tweets are ranked, in milliseconds since 1970. */
export type RankedAt = { readonly reader: number; readonly anchorMs: number }

/** Puts tweets in order, the best first; of equals, the newer one. @param tweets dense indexes, the newest first */
export function rank(view: View, at: RankedAt, tweets: readonly number[]): Uint32Array {
  const affinities = affinitiesOf(view, at)
  const order = places.subarray(0, tweets.length)
  for (let place = 0; place < tweets.length; place++) {
    order[place] = place
    scores[place] = scoreOf(view, at, { tweet: tweets[place]!, affinities })
  }
  order.sort((left, right) => scores[right]! - scores[left]! || left - right)
  const ranking = new Uint32Array(order.length)
  for (let place = 0; place < order.length; place++) ranking[place] = tweets[order[place]!]!
  return ranking
}

const places = new Uint16Array(timelineLengthMax)
const scores = new Float64Array(timelineLengthMax)

function scoreOf(
  view: View,
  { anchorMs }: RankedAt,
  { tweet, affinities }: { tweet: number; affinities: ReadonlyMap<number, number> },
): number {
  const { tweets } = view
  const subject = originalOrSelf(view, tweet)
  const affinity = Math.max(
    affinities.get(tweets.authorOf(tweet)) ?? 0,
    affinities.get(tweets.authorOf(subject)) ?? 0,
  )
  const ageMs = anchorMs - timeOfId(tweets.idOf(tweet))
  const engagement = engagementOf(view, { tweet: subject, anchorMs })
  return Math.log2((1 + engagement) * (1 + affinity)) - ageMs / halfLifeMs
}

/** What others did with a tweet. Of retweets and replies, as many as there were at that moment. */
function engagementOf(
  { tweets, retweetsOf, repliesTo }: View,
  { tweet, anchorMs }: { tweet: number; anchorMs: number },
): number {
  const end = firstIdAt(anchorMs)
  const passedOn = retweetsOf.lowerBound(tweet, end) + repliesTo.lowerBound(tweet, end)
  return tweets.favorites.get(tweet) + passingOnWeight * passedOn
}

/** Author to what the reader did with their tweets of late. */
function affinitiesOf(view: View, { reader, anchorMs }: RankedAt): ReadonlyMap<number, number> {
  const { tweets, favoriteOrder, authored } = view
  const affinities = new Map<number, number>()
  const add = (author: number, weight: number): void => {
    if (author === absent || author === reader) return
    affinities.set(author, (affinities.get(author) ?? 0) + weight)
  }
  const newest = { before: firstAbove, limit: dealingsMax }
  const favorites = favoriteOrder.readBefore(reader, newest, { numbers: ids, tweets: indexes })
  for (let place = 0; place < favorites; place++) {
    const tweet = indexes[place]!
    if (tweets.isShown(tweet)) add(tweets.authorOf(originalOrSelf(view, tweet)), 1)
  }
  const own = authored.readBefore(reader, { ...newest, before: firstIdAt(anchorMs) }, ids)
  tweets.findMany(ids, own, indexes)
  for (let place = 0; place < own; place++) {
    const tweet = indexes[place]!
    if (tweet === absent) continue
    const original = tweets.originalOf(tweet)
    const author = original < 0 ? tweets.repliedTo(tweet) : tweets.authorOf(original)
    add(author, passingOnWeight)
  }
  return affinities
}

/** Above the number of any favorite. */
const firstAbove = 2 ** 23
const ids = new Float64Array(dealingsMax)
const indexes = new Int32Array(dealingsMax)
