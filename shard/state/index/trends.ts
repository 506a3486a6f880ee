// Trends: the topics about which more people write now than usually. Not the most used ones: `good morning`
// is written by thousands every day, and does not rise.
//
//   hours   [ sketch ] [ sketch ] ... 24 of them ... [ sketch ]        what is usual in an hour
//   slots                                 [ sketch + candidates ] x 5  the hour that ends now
//
// Counted are authors: one counts for a topic once in an hour of the clock, however much they write. The
// candidates of a slot are those of its topics that have most authors by its sketch (count-min.ts), in place
// of a counter for each of the topics that one person wrote once. The score is by how many standard deviations
// the hour is above its usual, as if authors came like drops of rain: (now - usual) / sqrt(usual + 1).
//
// Time is that of the ids. What is older than a day does not count, so tweets may come in any order.

import { CountMin } from './count-min.ts'
import {
  trendAuthorsMin,
  trendPairsPerHourMax,
  trendPhraseHoursMin,
  trendRankingMs,
  trendRiseMin,
  trendSlotMs,
  trendSlotsPerHour,
  trendsLookedAtMax,
  trendsRankedAnewMax,
  trendTopicsPerSlotMax,
  trendUsualHours,
} from './limits.ts'
import { PairSet } from './pair-set.ts'
import type { Topic } from './topics.ts'

export type Trend = {
  readonly topic: Topic
  /** Authors of the hour that ends now, and in a usual hour. */
  readonly authors: number
  readonly usual: number
  readonly score: number
}

type Candidate = { readonly topic: Topic; count: number }

type Ranking = {
  readonly atMs: number
  /** Candidates that were compared for it. */
  readonly candidates: number
  readonly trends: readonly Trend[]
}

/** The topics of one kind that have most authors in a slot. */
class Candidates {
  readonly all = new Map<string, Candidate>()
  /** None has fewer authors. */
  #floor = 0

  clear(): void {
    this.all.clear()
    this.#floor = 0
  }

  add(candidate: Candidate): void {
    const { topic, count } = candidate
    const known = this.all.get(topic.key)
    if (known !== undefined) known.count = count
    else if (this.all.size < trendTopicsPerSlotMax) this.all.set(topic.key, candidate)
    else if (count > this.#floor) this.#replaceLeast(candidate)
  }

  #replaceLeast(candidate: Candidate): void {
    let least: Candidate | undefined
    for (const one of this.all.values()) {
      if (least === undefined || one.count < least.count) least = one
    }
    this.#floor = least!.count
    if (candidate.count <= this.#floor) return
    this.all.delete(least!.topic.key)
    this.all.set(candidate.topic.key, candidate)
  }
}

class Slot {
  number = -1
  readonly sketch = new CountMin()
  /** Each kind has its room: a tweet has many pairs of words, and they would leave none to the hashtags. */
  readonly candidates = { hashtag: new Candidates(), phrase: new Candidates() }

  begin(number: number): void {
    this.number = number
    this.sketch.clear()
    this.candidates.hashtag.clear()
    this.candidates.phrase.clear()
  }

  add(topic: Topic): void {
    this.candidates[topic.kind].add({ topic, count: this.sketch.add(topic.hash) })
  }
}

class Hour {
  number = -1
  readonly sketch = new CountMin()

  begin(number: number): void {
    this.number = number
    this.sketch.clear()
  }
}

/** The slot that goes on, and an hour of those before it. */
const slotsKept = trendSlotsPerHour + 1
/** The usual ones, and those in which the slots lie. */
const hoursKept = trendUsualHours + 3
const pairSetsKept = 3

export class Trends {
  readonly #slots = Array.from({ length: slotsKept }, () => new Slot())
  readonly #hours = Array.from({ length: hoursKept }, () => new Hour())
  readonly #pairs = new Map<number, PairSet>()
  #firstHour = Infinity
  #ranking: Ranking = { atMs: -Infinity, candidates: 0, trends: [] }

  /** @param tweet `author`: a dense index; `timeMs`: since 1970 */
  add(tweet: {
    readonly author: number
    readonly timeMs: number
    readonly topics: readonly Topic[]
  }): void {
    const slotNumber = Math.floor(tweet.timeMs / trendSlotMs)
    const hourNumber = Math.floor(slotNumber / trendSlotsPerHour)
    const hour = this.#hours[hourNumber % hoursKept]!
    if (hour.number > hourNumber) return
    if (hour.number < hourNumber) hour.begin(hourNumber)
    this.#firstHour = Math.min(this.#firstHour, hourNumber)
    const slot = this.#slots[slotNumber % slotsKept]!
    if (slot.number < slotNumber) slot.begin(slotNumber)
    const pairs = this.#pairsOf(hourNumber)
    for (const topic of tweet.topics) {
      if (!pairs.add(tweet.author, topic.hash)) continue
      hour.sketch.add(topic.hash)
      if (slot.number === slotNumber) slot.add(topic)
    }
  }

  /** The topics that rise, the steepest first; those of up to a second ago where many topics are to be compared. */
  list(nowMs: number): readonly Trend[] {
    const { atMs, candidates } = this.#ranking
    const isFresh = nowMs >= atMs && nowMs < atMs + trendRankingMs
    if (!isFresh || candidates <= trendsRankedAnewMax) this.#ranking = this.#rank(nowMs)
    return this.#ranking.trends
  }

  #rank(nowMs: number): Ranking {
    const slotNow = Math.floor(nowMs / trendSlotMs)
    const lastUsual = Math.floor((slotNow - trendSlotsPerHour) / trendSlotsPerHour) - 1
    const hoursKnown = Math.max(0, Math.min(trendUsualHours, lastUsual - this.#firstHour + 1))
    const trends: Trend[] = []
    const candidates = this.#candidates(slotNow)
    for (const { topic } of candidates.values()) {
      if (topic.kind === 'phrase' && hoursKnown < trendPhraseHoursMin) continue
      const authors = this.#authorsNow(topic.hash, nowMs / trendSlotMs)
      if (authors < trendAuthorsMin) continue
      const usual = this.#usual(topic.hash, { lastUsual, hoursKnown })
      if (authors < usual * trendRiseMin) continue
      trends.push({ topic, authors, usual, score: (authors - usual) / Math.sqrt(usual + 1) })
    }
    trends.sort(
      (left, right) => right.score - left.score || (left.topic.key < right.topic.key ? -1 : 1),
    )
    return { atMs: nowMs, candidates: candidates.size, trends: trends.slice(0, trendsLookedAtMax) }
  }

  #candidates(slotNow: number): ReadonlyMap<string, Candidate> {
    const found = new Map<string, Candidate>()
    for (const slot of this.#slots) {
      if (slot.number > slotNow || slot.number < slotNow - trendSlotsPerHour) continue
      for (const { all } of Object.values(slot.candidates)) {
        for (const [key, candidate] of all) found.set(key, candidate)
      }
    }
    return found
  }

  /** The oldest slot counts as far as it lies within the hour. */
  #authorsNow(hash: number, now: number): number {
    const slotNow = Math.floor(now)
    let authors = 0
    for (const { number, sketch } of this.#slots) {
      if (number > slotNow || number < slotNow - trendSlotsPerHour) continue
      const share = number === slotNow - trendSlotsPerHour ? 1 - (now - slotNow) : 1
      authors += sketch.count(hash) * share
    }
    return authors
  }

  #usual(hash: number, of: { readonly lastUsual: number; readonly hoursKnown: number }): number {
    if (of.hoursKnown === 0) return 0
    let authors = 0
    for (const { number, sketch } of this.#hours) {
      if (number > of.lastUsual - of.hoursKnown && number <= of.lastUsual) {
        authors += sketch.count(hash)
      }
    }
    return authors / of.hoursKnown
  }

  /** The oldest hour makes room: a log that is read late does not take away what is known of the present one. */
  #pairsOf(hour: number): PairSet {
    let pairs = this.#pairs.get(hour)
    if (pairs === undefined) {
      pairs = new PairSet(trendPairsPerHourMax)
      if (this.#pairs.size === pairSetsKept) this.#pairs.delete(Math.min(...this.#pairs.keys()))
      this.#pairs.set(hour, pairs)
    }
    return pairs
  }
}
