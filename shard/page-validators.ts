// Page validators: numbers by which a gateway asks whether a page is still as it was made (a conditional request, as
// HTTP has them with ETag and 304).
//
//   make      a page goes out with a validator; what it was made of is written down in a slot
//   ask       the validator comes back: each of those is compared with what it says now
//             the same -> "not modified", some forty bytes      any other -> the page is made anew
//
// A page of a home timeline is made of the ids of the timeline, what changes of each tweet (counts, arrival), and what
// changes of each user (counts; `Changes` for all else, of the reader also what is theirs alone). All of it is compared
// itself, not a hash of it, so "not modified" is never wrong. A request that is answered so takes a shard a sixth of the
// time of one for which it makes the page.
//
// Slots are fixed: a reader has one, by their number, whichever gateways ask, and who comes to it next takes it. What
// does not fit into one has no validator, nor has a page on which something was left out (timeline-home.ts). Of this
// process alone: a validator ends with it. Owned by the shard; a single thread.

import type { MadePage } from './operations/implement.ts'
import type { ShardState } from './state/shard-state.ts'

/** What pages are made of. */
export type PageSources = {
  readonly tweets: Pick<
    ShardState['tweets'],
    'authorOf' | 'idOf' | 'isRetweet' | 'referencedBy' | 'varying'
  >
  readonly users: Pick<ShardState['users'], 'changes' | 'counts'>
  readonly promotions: Pick<ShardState['promotions'], 'activeCount'>
  readonly readHome: ShardState['readHome']
}

/** The head of a slot: the validator, whose page, what was asked for, and how many of each follow. */
const [validatorAt, readerAt, beforeAt, wantedAt, idsAt, tweetsAt, usersAt] = [
  0, 1, 2, 3, 4, 5, 6,
] as const
const headNumbers = 7
/** The ids of a slot behind its head: those of a page, and the next. */
const idsMax = 33
const slotNumbers = headNumbers + idsMax
/** An entry: a dense index and four words of what changes. */
const entryWords = 5
/** Tweets and users of one page. */
const entriesMax = 100
const slotWords = entryWords * entriesMax

export class PageValidators {
  readonly #sources: PageSources
  readonly #slots: number
  readonly #heads: Float64Array
  readonly #entries: Uint32Array
  readonly #ids = new Float64Array(idsMax)
  #made = 0

  /** @param readers whose last page is remembered: 2.3 KB each, once it is in use; fewer, for a power of two */
  constructor(sources: PageSources, readers: number) {
    this.#sources = sources
    const slots = readers < 1 ? 0 : 2 ** Math.floor(Math.log2(readers))
    this.#slots = slots
    this.#heads = new Float64Array(slots * slotNumbers)
    this.#entries = new Uint32Array(slots * slotWords)
  }

  /**
   * Writes down what a page was made of, unless it is there already: several gateways may ask for one reader, and each
   * would take the slot from the others. They have one validator then.
   * @param refused one that is not current, for which the page was made anew; 0 for none
   * @returns its validator, from 1; 0 where it can have none
   */
  make(page: MadePage, refused: number): number {
    const { reader, before, limit, tweets } = page
    if (this.#slots === 0 || tweets.length > idsMax || limit >= idsMax) return 0
    const slot = reader & (this.#slots - 1)
    const heads = this.#heads
    const head = slot * slotNumbers
    const known = heads[head + validatorAt]!
    const isSame = heads[head + beforeAt] === before && heads[head + wantedAt] === limit + 1
    if (isSame && known !== refused && this.isCurrent(known, reader)) return known
    // Until all is written nothing is there.
    heads[head + validatorAt] = 0
    const entries = new Entries(this.#entries, slot * slotWords)
    const tweetCount = this.#writeTweets(entries, tweets)
    const userCount = tweetCount < 0 ? -1 : this.#writeUsers(entries, { tweetCount, reader })
    if (userCount < 0) return 0
    heads[head + readerAt] = reader
    heads[head + beforeAt] = before
    heads[head + wantedAt] = limit + 1
    heads[head + idsAt] = tweets.length
    heads[head + tweetsAt] = tweetCount
    heads[head + usersAt] = userCount
    for (let place = 0; place < tweets.length; place++) {
      heads[head + headNumbers + place] = this.#sources.tweets.idOf(tweets[place]!)
    }
    this.#made++
    const validator = this.#made * this.#slots + slot
    heads[head + validatorAt] = validator
    return validator
  }

  /** Whether the reader's page of this validator would be made as it was. */
  isCurrent(validator: number, reader: number): boolean {
    if (this.#slots === 0 || !(validator > 0)) return false
    const slot = validator % this.#slots
    const head = slot * slotNumbers
    const heads = this.#heads
    if (heads[head + validatorAt] !== validator || heads[head + readerAt] !== reader) return false
    return (
      this.#sources.promotions.activeCount === 0 &&
      this.#hasSameIds(head, reader) &&
      this.#areAsWritten(slot)
    )
  }

  /** The tweets of a page that is current, and those that they refer to, shown or not: dense indexes. */
  *tweetsOf(validator: number): Generator<number> {
    const slot = validator % this.#slots
    const head = slot * slotNumbers
    const count = this.#heads[head + tweetsAt]!
    const hasNext = this.#heads[head + idsAt] === this.#heads[head + wantedAt]
    const next = hasNext ? this.#heads[head + idsAt]! - 1 : -1
    for (let entry = 0; entry < count; entry++) {
      if (entry !== next) yield this.#entries[slot * slotWords + entry * entryWords]!
    }
  }

  #hasSameIds(head: number, reader: number): boolean {
    const heads = this.#heads
    const page = { before: heads[head + beforeAt]!, limit: heads[head + wantedAt]! }
    const ids = this.#ids
    const count = this.#sources.readHome(reader, page, ids)
    if (count !== heads[head + idsAt]) return false
    const start = head + headNumbers
    for (let place = 0; place < count; place++) {
      if (heads[start + place] !== ids[place]) return false
    }
    return true
  }

  #areAsWritten(slot: number): boolean {
    const { tweets, users } = this.#sources
    const entries = this.#entries
    const head = slot * slotNumbers
    const reader = this.#heads[head + readerAt]!
    let at = slot * slotWords
    for (let left = this.#heads[head + tweetsAt]!; left > 0; left--) {
      if (!tweets.varying.isAs(entries[at]!, entries, at + 1)) return false
      at += entryWords
    }
    for (let left = this.#heads[head + usersAt]!; left > 0; left--) {
      const user = entries[at]!
      if (changesOf(users, user, reader) !== entries[at + 4]) return false
      if (!users.counts.isAs(user, entries, at + 1)) return false
      at += entryWords
    }
    return true
  }

  /** The tweets, and what they refer to, whether it is shown or not. */
  #writeTweets(entries: Entries, page: readonly number[]): number {
    const { tweets } = this.#sources
    const add = (tweet: number): void => {
      const at = entries.add(tweet)
      if (at >= 0) tweets.varying.copyTo(tweet, entries.words, at)
    }
    const addOther = (tweet: number): void => {
      if (tweet >= 0 && !entries.has(tweet, 0)) add(tweet)
    }
    for (const tweet of page) add(tweet)
    for (const tweet of page) {
      const referenced = tweets.referencedBy(tweet)
      if (referenced < 0) continue
      addOther(referenced)
      if (tweets.isRetweet(tweet)) addOther(tweets.referencedBy(referenced))
    }
    return entries.isFull ? -1 : entries.count
  }

  /** Their authors, and the reader. */
  #writeUsers(
    entries: Entries,
    { tweetCount, reader }: { tweetCount: number; reader: number },
  ): number {
    const { tweets, users } = this.#sources
    const add = (user: number): void => {
      if (entries.has(user, tweetCount)) return
      const at = entries.add(user)
      if (at < 0) return
      users.counts.copyTo(user, entries.words, at)
      entries.words[at + 3] = changesOf(users, user, reader)
    }
    add(reader)
    for (let entry = 0; entry < tweetCount; entry++) add(tweets.authorOf(entries.at(entry)))
    return entries.isFull ? -1 : entries.count - tweetCount
  }
}

function changesOf({ changes }: PageSources['users'], user: number, reader: number): number {
  return user === reader ? changes.ofOwn(user) : changes.of(user)
}

/** The entries of one slot, while they are written. */
class Entries {
  readonly words: Uint32Array
  readonly #start: number
  count = 0
  isFull = false

  constructor(words: Uint32Array, start: number) {
    this.words = words
    this.#start = start
  }

  /** The index that an entry is about. */
  at(entry: number): number {
    return this.words[this.#start + entry * entryWords]!
  }

  /** Whether an index has an entry, from this one on. */
  has(index: number, from: number): boolean {
    for (let entry = from; entry < this.count; entry++) if (this.at(entry) === index) return true
    return false
  }

  /** @returns where its four words go; -1 where the slot is full */
  add(index: number): number {
    if (this.count === entriesMax) {
      this.isFull = true
      return -1
    }
    const at = this.#start + this.count++ * entryWords
    this.words[at] = index
    return at + 1
  }
}
