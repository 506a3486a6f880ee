// Pages of lists that are not in the order of their tweets' ids: favorites in the order in which they were
// marked, a home timeline in the order of rank. Each entry has a place of its own, a number that falls from entry
// to entry, and that is what a cursor names:
//
//   places   9   8   5   4   2          "before 8" goes on with 5, whatever has come and gone since
//   tweets   17  90  33  12  40

import type { View } from './implement.ts'
import type { TweetPage } from './present.ts'
import { idsPerPageMax } from './present.ts'
import type { Rule } from './visibility.ts'

export type PlacedEntries = {
  /** Where each entry stands, descending. */
  readonly numbers: Float64Array
  /** The dense indexes of the tweets, which may be gone. */
  readonly tweets: Int32Array
}

/**
 * Fills a page from a source of placed entries, leaving out what is gone and what `rule` hides from the reader.
 * @param source copies entries whose places are below `before` into `out` and gives their number
 */
export function pageOfPlaces(
  view: View,
  { before, limit, reader, rule }: { before: number; limit: number; reader: number; rule: Rule },
  source: (page: { before: number; limit: number }, out: PlacedEntries) => number,
): TweetPage {
  const found: number[] = []
  const places: number[] = []
  const cursorAt = (place: number): number => places[place]!
  let cursor = before
  let wanted = Math.min(limit + 1, entries.tweets.length)
  const steps = { left: idsPerPageMax }
  for (;;) {
    const count = source({ before: cursor, limit: wanted }, entries)
    for (let place = 0; place < count; place++) {
      const tweet = entries.tweets[place]!
      if (!view.tweets.isShown(tweet) || !rule(view, { reader, tweet, steps })) {
        if (--steps.left > 0) continue
        return { tweets: found, olderCursor: entries.numbers[place]!, cursorAt }
      }
      if (found.length === limit) return { tweets: found, olderCursor: cursor, cursorAt }
      found.push(tweet)
      cursor = entries.numbers[place]!
      places.push(cursor)
    }
    if (count < wanted) return { tweets: found, olderCursor: undefined, cursorAt }
    cursor = entries.numbers[count - 1]!
    wanted = entries.tweets.length
  }
}

const entries: PlacedEntries = { numbers: new Float64Array(256), tweets: new Int32Array(256) }
