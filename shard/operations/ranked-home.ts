// The ranked home timeline: the newest 800 entries of one moment, the best first, page by page.
//
//   cursor    | milliseconds of the moment | 4094 - rank |      looks like an id, falls from entry to entry
//
// The first page ranks all entries there are, and a shard keeps the ranking (../state/rankings.ts); each next page
// goes on behind the rank that its cursor names. So nothing comes twice and nothing is left out, whoever posts or
// favors meanwhile; what is new is on the next first page. What was deleted or hidden since is passed over, and what
// the reader no longer follows: each page asks for that anew (I5).
//
// Where the ranking is gone (made room, or another process answers now), it is made again for the same moment:
// entries, ages, retweets and replies up to then. What has changed is the count of favorites, and what was
// undone; so the page says `reranked`.
//
// A first page over 800 entries takes 0.9 ms of processor time (1.9 at the 99th percentile, on two busy cores), each
// next one 0.1 ms like a page of the latest: `npm run bench -- ranked-home`.

import { firstIdAt, timeOfId } from '../../protocol/ids.ts'
import { timelineLengthMax } from '../../protocol/limits.ts'
import { absent } from '../state/memory/id-table.ts'
import { isInAudience } from '../state/timelines/audience.ts'
import { originalOrSelf } from './find.ts'
import type { Context, View } from './implement.ts'
import { type PlacedEntries, pageOfPlaces } from './placed-page.ts'
import type { TweetPage } from './present.ts'
import { type RankedAt, rank } from './rank.ts'
import { mayShow, type TweetSight } from './visibility.ts'

/** @param page `before`: the cursor of the page before; undefined for the first */
export function rankedPage(
  view: View,
  { actorIndex: reader, nowMs }: Context,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): { readonly page: TweetPage; readonly isReranked: boolean } {
  const anchorMs = before === undefined ? freshAnchor(view, { reader, nowMs }) : timeOfId(before)
  const at = { reader, anchorMs }
  const kept = before === undefined ? undefined : view.rankings.find(reader, anchorMs)
  const ranking = kept ?? rank(view, at, entriesOf(view, at))
  const range = { before: before ?? placeOf(anchorMs, -1), limit }
  const page = pageOfPlaces(view, { ...range, reader, rule: belongs }, (asked, out) =>
    readPlaces(ranking, { ...asked, anchorMs }, out),
  )
  const isKept = kept === undefined && page.olderCursor !== undefined
  if (isKept) view.rankings.keep(reader, anchorMs, ranking)
  return { page, isReranked: before !== undefined && kept === undefined }
}

/** The first millisecond that is later than all there is, and that no other ranking of the reader is of. */
function freshAnchor(view: View, { reader, nowMs }: { reader: number; nowMs: number }): number {
  const newest = view.readHome(reader, { before: Infinity, limit: 1 }, ids)
  let anchorMs = Math.max(nowMs, newest === 0 ? 0 : timeOfId(ids[0]!)) + 1
  while (view.rankings.has(reader, anchorMs)) anchorMs++
  return anchorMs
}

/** Where the entry of a rank, counted from 0, stands. */
function placeOf(anchorMs: number, rankOfEntry: number): number {
  return firstIdAt(anchorMs + 1) - 2 - rankOfEntry
}

function readPlaces(
  ranking: Uint32Array,
  { before, limit, anchorMs }: { before: number; limit: number; anchorMs: number },
  { numbers, tweets }: PlacedEntries,
): number {
  const first = placeOf(anchorMs, 0) - before + 1
  const count = Math.max(0, Math.min(limit, tweets.length, ranking.length - first))
  for (let entry = 0; entry < count; entry++) {
    numbers[entry] = placeOf(anchorMs, first + entry)
    tweets[entry] = ranking[first + entry]!
  }
  return count
}

/** What the home timeline held at that moment, newest first, with each original once. */
function entriesOf(view: View, { reader, anchorMs }: RankedAt): number[] {
  const page = { before: firstIdAt(anchorMs), limit: timelineLengthMax }
  const count = view.readHome(reader, page, ids)
  view.tweets.indexesOf(ids, count, indexes)
  const shown = new Map<number, number>()
  for (let place = count - 1; place >= 0; place--) {
    const tweet = indexes[place]!
    if (tweet === absent) continue
    const original = originalOrSelf(view, tweet)
    const other = shown.get(original)
    // The rule of repeats.ts: the original itself, or else the oldest retweet, if it can be shown.
    const isFirst =
      other === undefined ||
      !isShown(view, reader, other) ||
      (tweet === original && isShown(view, reader, tweet))
    if (isFirst) shown.set(original, tweet)
  }
  const entries: number[] = []
  for (let place = 0; place < count; place++) {
    const tweet = indexes[place]!
    if (tweet !== absent && shown.get(originalOrSelf(view, tweet)) === tweet) entries.push(tweet)
  }
  return entries
}

const ids = new Float64Array(timelineLengthMax)
const indexes = new Int32Array(timelineLengthMax)

function isShown(view: View, reader: number, tweet: number): boolean {
  return view.tweets.isShown(tweet) && mayShow(view, { reader, tweet })
}

/** Whether a ranked tweet may be shown and is still one of the reader's timeline. */
function belongs(view: View, { reader, tweet }: TweetSight): boolean {
  return isInAudience(view, { user: reader, tweet }) && mayShow(view, { reader, tweet })
}
