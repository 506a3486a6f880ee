// Repeats: a tweet that several have retweeted appears once in a home timeline.
//
//   timeline   … 90: cid retweets 51    70: bob retweets 51    51: ada's tweet …
//                    left out               left out           shown
//
// All of them have their place among the newest 800, so that what is shown does not depend on the order in which
// they came. Shown is the original, if it is in the timeline; else the oldest of its retweets. So what has been on
// a page stays there when one more retweet comes.
//
// A timeline is looked through for a retweet only. A few ids are searched for where it lies: whoever is pushed one
// retweet asks for no more. For more of them it is copied. The retweets of the original and the entries of the
// timeline are two ascending lists: the shorter one is gone through and searched for in the other. Where that comes
// to more than the timeline is long, its retweets are put in order of their originals once. What was found out about
// an original is kept, so that all its retweets together cost one look at each.

import { idMax } from '../../protocol/ids.ts'
import { timelineLengthMax } from '../../protocol/limits.ts'
import type { View } from './implement.ts'
import { mayShow } from './visibility.ts'

/** How a timeline leads to an original. Retweets are dense indexes, the oldest first. */
type Ways = {
  /** Whether the original itself is there and may be shown. */
  readonly isThere: boolean
  readonly retweets: readonly number[]
  /** Those of the first `askedCount` retweets that may be shown. */
  readonly shown: number[]
  askedCount: number
}

/** Ids that are searched for in a timeline before it is copied, which takes as long. */
const searchesMax = 32

/** For one reader at one moment: what it has found out is not asked again. */
export class Repeats {
  readonly #view: View
  readonly #reader: number
  /** The reader's home timeline, newest first: read when more is asked of it than a few ids. */
  #entries: Float64Array | undefined
  /** Ids that were searched for in the timeline. */
  #searchCount = 0
  /** Original to the ids of its retweets in the timeline, newest first: made when searching costs more. */
  #retweets: Map<number, number[]> | undefined
  readonly #ways = new Map<number, Ways>()

  /** Whether more had to be looked at than the tweets that were asked about. */
  get hasLooked(): boolean {
    return this.#ways.size > 0
  }

  constructor(view: View, reader: number) {
    this.#view = view
    this.#reader = reader
  }

  /**
   * Whether the home timeline shows the original of this retweet in another way; false for any other tweet.
   * @param isBefore which retweets are shown in place of this one: the older ones, unless said otherwise. In a
   * stream those that were told before: what was told first stays, also where an older one comes later.
   */
  has(tweet: number, isBefore?: (other: number) => boolean): boolean {
    const { tweets } = this.#view
    if (!tweets.isRetweet(tweet)) return false
    const original = tweets.originalOf(tweet)
    if (this.#hasOneWay(original, tweets.idOf(tweet))) return false
    const ways = this.#waysTo(original)
    if (ways.isThere) return true
    for (let place = 0; ; place++) {
      const other = this.#shownAt(ways, place)
      if (other === undefined) return false
      if (isBefore === undefined) return tweets.idOf(other) < tweets.idOf(tweet)
      if (other !== tweet && isBefore(other)) return true
    }
  }

  /** Whether the home timeline leads to a tweet, which may be deleted: by itself or by a retweet. */
  leadsTo(tweet: number): boolean {
    if (this.#hasOneWay(tweet)) return false
    return this.#holds(this.#view.tweets.idOf(tweet)) || this.#idsOf(tweet).length > 0
  }

  /** Whether nothing but this retweet, if one is named, can lead to the original: told without the timeline. */
  #hasOneWay(original: number, retweetId?: number): boolean {
    const { retweetsOf } = this.#view
    const count = retweetsOf.length(original)
    const isAlone = count === 0 || (count === 1 && retweetsOf.at(original, 0) === retweetId)
    return isAlone && !this.#followsAuthorOf(original)
  }

  #waysTo(original: number): Ways {
    let ways = this.#ways.get(original)
    if (ways === undefined) {
      const { tweets } = this.#view
      const isThere = this.#holds(tweets.idOf(original)) && this.#mayShow(original)
      const retweets = isThere ? [] : this.#idsOf(original).map((id) => tweets.indexOf(id))
      ways = { isThere, retweets, shown: [], askedCount: 0 }
      this.#ways.set(original, ways)
    }
    return ways
  }

  /** The retweet at this place, from 0, among those that may be shown. */
  #shownAt(ways: Ways, place: number): number | undefined {
    const { retweets, shown } = ways
    while (shown.length <= place && ways.askedCount < retweets.length) {
      const retweet = retweets[ways.askedCount++]!
      if (this.#mayShow(retweet)) shown.push(retweet)
    }
    return shown[place]
  }

  #mayShow(tweet: number): boolean {
    return mayShow(this.#view, { reader: this.#reader, tweet })
  }

  /** The retweets of an original in the timeline, ascending. */
  #idsOf(original: number): number[] {
    const { retweetsOf } = this.#view
    const count = retweetsOf.length(original)
    const searches = this.#searchCount + count
    if (searches > searchesMax && searches > this.#read().length) {
      this.#searchCount = searches
      this.#retweets ??= this.#byOriginal(this.#read())
      const ids = this.#retweets.get(original) ?? []
      return ids.filter((id) => retweetsOf.has(original, id)).reverse()
    }
    const ids: number[] = []
    for (let place = 0; place < count; place++) {
      const id = retweetsOf.at(original, place)
      if (this.#holds(id)) ids.push(id)
    }
    return ids
  }

  /** Deleted retweets are among them. */
  #byOriginal(entries: Float64Array): Map<number, number[]> {
    const { tweets } = this.#view
    const found = new Map<number, number[]>()
    tweets.indexesOf(entries, entries.length, indexes)
    for (const [place, id] of entries.entries()) {
      const tweet = indexes[place]!
      if (tweet < 0 || !tweets.isRetweet(tweet)) continue
      const original = tweets.originalOf(tweet)
      const ids = found.get(original)
      if (ids === undefined) found.set(original, [id])
      else ids.push(id)
    }
    return found
  }

  #followsAuthorOf(tweet: number): boolean {
    const author = this.#view.tweets.authorOf(tweet)
    return author === this.#reader || this.#view.followings.has(this.#reader, author)
  }

  /** Whether an id is in the timeline. */
  #holds(id: number): boolean {
    this.#searchCount++
    if (this.#entries === undefined && this.#searchCount <= searchesMax) {
      const isThere = this.#view.holdsHome(this.#reader, id)
      if (isThere !== undefined) return isThere
    }
    return holds(this.#read(), id)
  }

  #read(): Float64Array {
    if (this.#entries === undefined) {
      const page = { before: idMax, limit: timelineLengthMax }
      const count = this.#view.readHome(this.#reader, page, scratch)
      this.#entries = scratch.slice(0, count)
    }
    return this.#entries
  }
}

const scratch = new Float64Array(timelineLengthMax)
const indexes = new Int32Array(timelineLengthMax)

/** The place of the first of descending ids that is below this one; their number where there is none. */
function firstBelow(ids: Float64Array, id: number): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ids[middle]! < id) high = middle
    else low = middle + 1
  }
  return low
}

function holds(ids: Float64Array, id: number): boolean {
  const place = firstBelow(ids, id)
  return place > 0 && ids[place - 1] === id
}
