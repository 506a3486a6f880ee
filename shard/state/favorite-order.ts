// The order of favorites: for each hosted user the tweets that they marked, in the order in which they did.
// The marks themselves (marks.ts) lie by tweet id, which is what a page asks for; a profile shows the
// newest favorite first.
//
//   user 5:  [ 1|tweet 90   2|tweet 17   4|tweet 33 ]      3 was taken back
//
// An entry is one number of 53 bits in an IdLists: above, the favorite's number among those of its user, from 1;
// below, the dense index of the tweet. So a favorite costs 8 bytes, and a page goes on below the number where
// the last one ended, whatever is marked and taken back meanwhile. Both come from the user's own log alone,
// so all hosts have the same numbers.
//
// Of a user the newest `favoritesListedMax` are here; what falls out at the end stays a favorite. A hosted fact,
// written by `apply` functions only.

import { favoritesListedMax } from '../../protocol/limits.ts'
import { IdLists } from './memory/id-lists.ts'
import { absent } from './memory/id-table.ts'

/** Dense indexes of tweets are below this. */
const tweetsEnd = 2 ** 30
/** The last number that fits. */
const numberMax = 2 ** 23 - 1

type Page = { readonly before: number; readonly limit: number }

export class FavoriteOrder {
  readonly #entries = new IdLists()
  readonly #numberMax: number
  readonly #listedMax: number

  /** @param limits for tests, which cannot wait for millions */
  constructor(limits: { readonly numberMax?: number; readonly listedMax?: number } = {}) {
    this.#numberMax = limits.numberMax ?? numberMax
    this.#listedMax = limits.listedMax ?? favoritesListedMax
  }

  get bytes(): number {
    return this.#entries.bytes
  }

  length(user: number): number {
    return this.#entries.length(user)
  }

  /** Puts a favorite behind all others. One that is there must be taken back first. */
  add(user: number, tweet: number): void {
    const length = this.length(user)
    if (length === this.#listedMax) this.#entries.remove(user, this.#entries.at(user, 0))
    const newest = this.#entries.at(user, this.length(user) - 1)
    const number = newest === absent ? 0 : numberOf(newest)
    if (number < this.#numberMax) this.restore(user, { number: number + 1, tweet })
    else this.restore(user, { number: this.#renumber(user) + 1, tweet })
  }

  /** Takes a favorite back, wherever it stands. The newest are looked at first: 0.1 ms for 100,000. */
  remove(user: number, tweet: number): void {
    for (let place = this.length(user) - 1; place >= 0; place--) {
      const entry = this.#entries.at(user, place)
      if (tweetOf(entry) !== tweet) continue
      this.#entries.remove(user, entry)
      return
    }
  }

  clear(user: number): void {
    this.#entries.clear(user)
  }

  /** The favorite at this position, counted from 0, the oldest. */
  at(user: number, place: number): { readonly number: number; readonly tweet: number } {
    const entry = this.#entries.at(user, place)
    return { number: numberOf(entry), tweet: tweetOf(entry) }
  }

  /** Puts a favorite in that `at` gave, on this or another process. */
  restore(user: number, { number, tweet }: { number: number; tweet: number }): void {
    this.#entries.insert(user, favoriteEntry(number, tweet))
  }

  /** The same for the first `count` favorites of `entries`, each as `favoriteEntry` makes it, oldest first. */
  restoreMany(user: number, entries: Float64Array, count: number): void {
    this.#entries.addMany(user, entries, count)
  }

  /**
   * Copies a page, newest first, into the start of `numbers` and `tweets`.
   * @param page `before`: only favorites with a number below this one
   * @returns how many were copied
   */
  readBefore(
    user: number,
    { before, limit }: Page,
    { numbers, tweets }: { readonly numbers: Float64Array; readonly tweets: Int32Array },
  ): number {
    const page = { before: before * tweetsEnd, limit: Math.min(limit, tweets.length) }
    const count = this.#entries.readBefore(user, page, numbers)
    for (let place = 0; place < count; place++) {
      const entry = numbers[place]!
      numbers[place] = numberOf(entry)
      tweets[place] = tweetOf(entry)
    }
    return count
  }

  /** Counts from 1 anew: once in eight million favorites, and a page that is being read then jumps. */
  #renumber(user: number): number {
    const tweets: number[] = []
    const length = this.length(user)
    for (let place = 0; place < length; place++) tweets.push(this.at(user, place).tweet)
    this.clear(user)
    for (const [place, tweet] of tweets.entries()) this.restore(user, { number: place + 1, tweet })
    return length
  }
}

/** A favorite as it is kept: its number among those of its user, and its tweet. */
export function favoriteEntry(number: number, tweet: number): number {
  return number * tweetsEnd + tweet
}

function numberOf(entry: number): number {
  return Math.floor(entry / tweetsEnd)
}

function tweetOf(entry: number): number {
  return entry % tweetsEnd
}
