// Repeats: a tweet that several have retweeted appears once in a home timeline.
//
//   timeline   … 90: cid retweets 51    70: bob retweets 51    51: ada's tweet …
//                    left out               left out           shown
//
// All of them have their place among the newest 800, so that what is shown does not depend on the order in which
// they came. Shown is the original, if it is in the timeline; else the oldest of its retweets. So what has been on
// a page stays there when one more retweet comes.
//
// A timeline is looked through for a retweet only. The retweets of the original and the entries of the timeline
// are two ascending lists: the shorter one is gone through and searched for in the other.

import { idMax } from '../../protocol/ids.ts'
import { timelineLengthMax } from '../../protocol/limits.ts'
import type { View } from './implement.ts'
import { mayShow } from './visibility.ts'

export class Repeats {
  readonly #view: View
  readonly #reader: number
  /** The reader's home timeline, newest first: read when it is first needed. */
  #entries: Float64Array | undefined

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
    const id = tweets.idOf(tweet)
    const original = tweets.originalOf(tweet)
    return this.#leadsTo(original, (other) => {
      if (other === tweet || !mayShow(this.#view, { reader: this.#reader, tweet: other }))
        return false
      return other === original || (isBefore?.(other) ?? tweets.idOf(other) < id)
    })
  }

  /** Whether the home timeline leads to a tweet, which may be deleted: by itself or by a retweet. */
  leadsTo(tweet: number): boolean {
    return this.#leadsTo(tweet, () => true)
  }

  /** @param rule which of the tweets that lead there count */
  #leadsTo(original: number, rule: (tweet: number) => boolean): boolean {
    const { tweets, retweetsOf } = this.#view
    const count = retweetsOf.length(original)
    const isAlone =
      count === 0 || (count === 1 && !rule(tweets.indexOf(retweetsOf.at(original, 0))))
    if (isAlone && !this.#followsAuthorOf(original)) return false
    const entries = this.#read()
    if (holds(entries, tweets.idOf(original)) && rule(original)) return true
    if (count <= entries.length) {
      for (let place = count - 1; place >= 0; place--) {
        const id = retweetsOf.at(original, place)
        if (holds(entries, id) && rule(tweets.indexOf(id))) return true
      }
      return false
    }
    for (const id of entries) {
      if (retweetsOf.has(original, id) && rule(tweets.indexOf(id))) return true
    }
    return false
  }

  #followsAuthorOf(tweet: number): boolean {
    const author = this.#view.tweets.authorOf(tweet)
    return author === this.#reader || this.#view.followings.has(this.#reader, author)
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
