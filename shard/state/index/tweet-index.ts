// The tweet index: which of the newest million tweets hold some terms, newest first.
//
//   newest   [ segment that grows ] [ full ] [ full ] ... [ full ]   oldest: goes first
//
// Every process knows every tweet, so every process indexes every tweet, and a search is one hop without a
// gather. It keeps fingerprints and document numbers, no text: who searches looks at what was found
// (`accept`), which is also where visibility has its say. A tweet that is deleted leaves at once.

import { indexedTweetsMax, searchCompareSteps } from './limits.ts'
import type { Steps } from './segment.ts'
import { Segment, segmentTweetsMax } from './segment.ts'
import { WaitingIds } from './waiting-ids.ts'

export type Search = {
  /** Fingerprints of terms, all of which a tweet has. None: every tweet. */
  readonly terms: readonly number[]
  /** Ids below this one and not below `since`. */
  readonly before: number
  readonly since: number
  readonly limit: number
  readonly stepsMax: number
  /** Looks at a tweet that may be one: whether it is. What it takes beyond the usual it takes off the steps. */
  accept(id: number, steps: Steps): boolean
}

export type Found = {
  /** Newest first. */
  readonly ids: readonly number[]
  /** Where to go on, as `before`; undefined where nothing is left. */
  readonly olderCursor: number | undefined
}

export class TweetIndex {
  /** In the order in which they came, the one that grows first. */
  #segments: Segment[] = []
  readonly #tweetsMax: number

  /** @param tweetsMax so many are found, and up to a segment more */
  constructor(tweetsMax: number = indexedTweetsMax) {
    this.#tweetsMax = tweetsMax
  }

  get count(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, 0)
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Adds a tweet that has just come. */
  add(id: number, terms: readonly number[]): void {
    if (this.#segments[0]?.isFull !== false) {
      this.#segments.unshift(this.newSegment())
      this.#segments.length = Math.min(this.#segments.length, this.#segmentsMax)
    }
    this.#segments[0]!.add(id, terms)
  }

  /** An empty segment, ready for as many terms as the others have. */
  newSegment(): Segment {
    return new Segment(this.#segments.find(({ isFull }) => isFull))
  }

  /** Adds a segment of tweets that came before all others. @returns false where there is no room */
  addOlder(segment: Segment): boolean {
    if (this.#segments.length >= this.#segmentsMax) return false
    this.#segments.push(segment)
    return true
  }

  remove(id: number): void {
    this.#segments.some((segment) => segment.remove(id))
  }

  /** The one that grows comes on top: so many tweets are always there. */
  get #segmentsMax(): number {
    return 1 + Math.ceil(this.#tweetsMax / segmentTweetsMax)
  }

  search(search: Search): Found {
    const run = new Run(search)
    const rest = this.#segments.map(() => 0)
    for (let place = this.#segments.length - 2; place >= 0; place--) {
      rest[place] = Math.max(rest[place + 1]!, this.#segments[place + 1]!.largestId)
    }
    for (const [place, segment] of this.#segments.entries()) {
      if (!run.scan(segment, rest[place]!)) break
    }
    return run.found()
  }

  /**
   * Visits the tweets with a term in the opposite order of their coming, until the visitor has enough or the steps
   * end: then `left` is 0 or less, and there may be more.
   * @param visit gives back whether to go on
   */
  newestArrivals(term: number, steps: Steps, visit: (id: number) => boolean): void {
    for (const segment of this.#segments) {
      const matches = segment.matches([term])
      for (let at = segment.count - 1; at >= 0; at--) {
        at = matches.seek(at, steps)
        if (steps.left <= 0) return
        if (at < 0) break
        const id = segment.idOf(at)
        steps.left -= searchCompareSteps
        if (id !== 0 && !visit(id)) return
      }
    }
  }
}

/**
 * One search. Tweets come nearly in the order of their ids, and are looked at exactly in it: one that may be what is
 * wanted waits until nothing newer can come. So whatever the disorder, what was looked at before the steps ended is
 * above everything else, and the next page goes on below it.
 */
class Run {
  readonly #search: Search
  readonly #steps: Steps
  /** What was found, newest first. */
  readonly #ids: number[] = []
  /** What has the terms, and is still to be looked at. */
  readonly #waiting = new WaitingIds()
  /** The last one that was looked at. */
  #looked = 0
  /** Nothing above this id is left to come. */
  #bound = 0

  constructor(search: Search) {
    this.#search = search
    this.#steps = { left: search.stepsMax }
  }

  /** @returns whether older segments, where the largest id is `rest`, have to be looked at as well */
  scan(segment: Segment, rest: number): boolean {
    const { terms, before, since } = this.#search
    const matches = segment.matches(terms)
    let at = matches.isEmpty ? -1 : segment.newestBefore(before)
    while (at >= 0) {
      this.#bound = Math.max(segment.largestUpTo(at), rest)
      if (!this.#look()) return false
      at = matches.seek(at, this.#steps)
      if (this.#steps.left <= 0) {
        // To the tweet: what has been looked at in its block is not looked at once more by the next page.
        this.#bound = Math.max(segment.largestExactlyUpTo(at), rest)
        this.#look()
        return false
      }
      if (at < 0) break
      const id = segment.idOf(at)
      if (id >= since && id < before && id !== 0) this.#waiting.add(id)
      at--
    }
    this.#bound = rest
    return this.#look() && rest > 0
  }

  /** Looks at what is above the bound; at one in any case, so that a search gets on. @returns whether to go on */
  #look(): boolean {
    const { limit, since, accept } = this.#search
    while (this.#waiting.largest > this.#bound && this.#ids.length <= limit) {
      const id = this.#waiting.take()
      if (id === this.#looked) continue
      this.#looked = id
      this.#steps.left -= searchCompareSteps
      if (accept(id, this.#steps)) this.#ids.push(id)
      if (this.#steps.left <= 0) return false
    }
    return this.#ids.length <= limit && this.#bound >= since
  }

  found(): Found {
    const { limit, before, since } = this.#search
    const ids = this.#ids.slice(0, limit)
    if (this.#ids.length > limit) return { ids, olderCursor: ids[limit - 1] }
    const next = Math.max(this.#bound, this.#waiting.largest)
    if (next === 0 || next < since) return { ids, olderCursor: undefined }
    return { ids, olderCursor: Math.max(1, Math.min(next + 1, before - 1)) }
  }
}
