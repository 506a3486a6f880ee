// Timelines: the home timelines of the hosted users, and who may write them when.
//
// Most tweets go into the rings of their author's followers at once, in a loop. A tweet of somebody with very
// many followers is begun here, and goes into the rings stretch by stretch while the rings are lent to worker
// threads (large-deliveries.ts says in which order). Until it has arrived everywhere:
//
//   - a reader whom it has not reached yet finds it on their page all the same: the few tweets under way are
//     matched with whom they follow. So a page is exact at any moment: nothing appears between two pages.
//   - newer tweets for owners whom it has not reached wait in line, and are on the page as well.
//   - rings are made, enlarged and dropped between two rounds only, for all rings share one allocator. A
//     reader without a ring gets a page from the authors' lists meanwhile.
//
// A home timeline is a cache: whatever makes one doubtful drops it, and the next read builds it anew.

import type { Neighbors } from '../graph/adjacency.ts'
import type { IdLists } from '../memory/id-lists.ts'
import { absent } from '../memory/id-table.ts'
import { mergeNewest } from '../memory/merge-newest.ts'
import { Records } from '../memory/records.ts'
import type { Delivery, Range } from '../rings/ring-appender.ts'
import type { Page } from '../rings/ring-reader.ts'
import { RING_CAPACITY_MAX, type SharedRings, TimelineRings } from '../rings/timeline-rings.ts'
import { type Reader, readerOf } from './audience.ts'
import { LargeDeliveries, type LargeDelivery, type Round } from './large-deliveries.ts'
import { WaitingDeliveries } from './waiting-deliveries.ts'

/** What the timelines are made of. */
export type TimelineSources = {
  /** Author to tweet ids. */
  readonly authored: IdLists
  /** Hosted user to those whom they follow. */
  followings(): Neighbors
  /** Moves the tweets that belong in a reader's timeline to the front, of those of whom they follow. */
  keepOwn(reader: Reader, given: { readonly ids: Float64Array; readonly count: number }): number
}

export type { Page } from '../rings/ring-reader.ts'

/** Owners whose rings need more than an entry behind the last. */
type LeftOwners = Iterable<number>

/** Users that a step of `sweep` looks at. */
const sweepStep = 16_384

export class Timelines {
  /** Tweets written into timelines since the start, by the loop and by workers. */
  readonly deliveryCounts = { inline: 0, worker: 0 }
  readonly #rings = new TimelineRings()
  readonly #sources: TimelineSources
  readonly #large = new LargeDeliveries()
  readonly #waiting = new WaitingDeliveries()
  /** Rings to be dropped when no round is running. */
  readonly #toDrop = new Set<number>()
  /** By user: the hour of the last read, as the process counts them. */
  readonly #readHours = new Records(1).field(0)
  readonly #merged = new Float64Array(RING_CAPACITY_MAX)
  readonly #found = new Float64Array(1)
  readonly #one = new Uint32Array(1)
  #direct = new Uint32Array(1_024)
  /** Ids that a page has to show beside those of the ring. */
  readonly #extra: number[] = []

  /** Hours since the process began, for `sweep`; whoever has a clock sets it. */
  hour = 0
  /** Called when a large delivery has begun. */
  onBegun: (tweetId: number) => void = () => undefined

  constructor(sources: TimelineSources) {
    this.#sources = sources
    this.#rings.onLeft = (owner, id) => this.#wait(owner, id)
  }

  get bytes(): number {
    return this.#rings.bytes
  }

  get ringCount(): number {
    return this.#rings.ringCount
  }

  /** What a worker needs to write the same rings. */
  share(): SharedRings {
    return this.#rings.share()
  }

  /** Announces a tweet before its first delivery. @returns what `deliver` and `begin` want to know */
  announce(tweetId: number): boolean {
    return this.#rings.announce(tweetId)
  }

  /** Puts a tweet into the timelines of some owners, ascending and each once, or lines it up for them. */
  deliver(owners: Uint32Array, { from, to }: Range, delivery: Delivery): void {
    if (this.#large.count === 0) {
      this.deliveryCounts.inline += this.#rings.deliver(owners, { from, to }, delivery)
      return
    }
    const { id } = delivery
    if (this.#direct.length < to - from) this.#direct = new Uint32Array(to - from)
    let count = 0
    for (let place = from; place < to; place++) {
      const owner = owners[place]!
      if (this.#isBusy(owner) || this.#large.isBefore(owner, id)) this.#wait(owner, id)
      else this.#direct[count++] = owner
    }
    const direct = { from: 0, to: count }
    this.deliveryCounts.inline += this.#rings.deliver(this.#direct, direct, delivery)
  }

  /** Whether a worker may be writing the owner's ring now. */
  #isBusy(owner: number): boolean {
    const round = this.#large.running
    return round !== undefined && owner >= round.from && owner < round.to
  }

  /** Only where there is a ring: without one, the next read finds the tweet in the authors' lists. */
  #wait(owner: number, id: number): void {
    if (this.#rings.has(owner)) this.#waiting.add(owner, id)
  }

  /**
   * Writes what was delivered to the owners of a range and is buffered: what reading does for those who read.
   * @returns whether that was all: it goes on for some 2 ms
   */
  settle(range: Range): boolean {
    return this.#rings.settleRange(range)
  }

  /** Begins a large delivery: `nextRound` and `endRound` carry it out. */
  begin(begun: Omit<LargeDelivery, 'progress'>): void {
    this.#large.begin(begun)
    this.onBegun(begun.tweetId)
  }

  /** Large deliveries that have not come to their end. */
  get underWay(): Iterable<LargeDelivery> {
    return this.#large
  }

  isUnderWay(tweetId: number): boolean {
    for (const delivery of this.#large) if (delivery.tweetId === tweetId) return true
    return false
  }

  get hasLarge(): boolean {
    return this.#large.count > 0
  }

  /** The next stretch of a large delivery. Its rings are lent to whoever asked, until `endRound`. */
  nextRound(ownersOf: (author: number) => number): Round | undefined {
    const round = this.#large.next(ownersOf)
    if (round !== undefined) this.#rings.lend(round, round.delivery.tweetId)
    return round
  }

  /**
   * The rings of the running round are back.
   * @param done `appended`: rings that took the tweet; `left`: owners whose rings need more than that
   * @returns whether the tweet has come to its end
   */
  endRound(done: { readonly appended: number; readonly left: readonly LeftOwners[] }): boolean {
    const { tweetId } = this.#large.running!.delivery
    const isOver = this.#large.ended()
    this.#rings.takeBack()
    this.deliveryCounts.worker += done.appended
    for (const owners of done.left) {
      for (const owner of owners)
        if (this.#rings.insert(owner, tweetId)) this.deliveryCounts.worker++
    }
    for (const owner of this.#toDrop) this.#rings.drop(owner)
    this.#toDrop.clear()
    this.#waiting.release(
      (owner, id) => !this.#large.isBefore(owner, id),
      (owner, id) => {
        this.#one[0] = owner
        const delivery = { id, isNewest: false }
        this.deliveryCounts.inline += this.#rings.deliver(this.#one, { from: 0, to: 1 }, delivery)
      },
    )
    return isOver
  }

  /**
   * Does what a worker would with owners of the running round, where no worker can.
   * @param left those whose rings need more than an entry behind the last are appended
   * @returns how many rings took the tweet
   */
  appendInRound(owners: Uint32Array, range: Range, left: number[]): number {
    const { tweetId } = this.#large.running!.delivery
    const appended = this.#rings.append(owners, range, { id: tweetId, isNewest: false })
    for (let place = 0; place < this.#rings.leftCount; place++) left.push(this.#rings.left[place]!)
    return appended
  }

  /**
   * Copies ids of a user's home timeline, newest first, all older than `before`. Builds the timeline
   * where there is none. @returns how many were copied
   */
  read(user: number, page: Page, out: Float64Array): number {
    this.#readHours.set(user, this.hour)
    if (!this.#rings.has(user) || this.#toDrop.has(user)) return this.#readAnew(user, page, out)
    if (!this.#isBusy(user)) this.#rings.order(user)
    const count = this.#rings.readBefore(user, page, out)
    if (count < 0) return this.#readAnew(user, page, out)
    if (this.#large.count === 0) return count
    this.#collectExtra(user, page.before)
    return this.#extra.length === 0 ? count : this.#mergeExtra(out, count, page.limit)
  }

  /**
   * Whether a user's home timeline holds an id, without a copy of it; undefined where there is none to look at:
   * `read` builds one.
   */
  holds(user: number, id: number): boolean | undefined {
    if (!this.#rings.has(user) || this.#toDrop.has(user)) return undefined
    return this.read(user, { before: id + 1, limit: 1 }, this.#found) > 0 && this.#found[0] === id
  }

  /** Takes a timeline's memory back: the next read builds it anew. */
  drop(user: number): void {
    if (this.#large.running === undefined) this.#rings.drop(user)
    else if (this.#rings.has(user)) this.#toDrop.add(user)
  }

  /**
   * Drops the timelines that nobody has read for so many hours. Memory is given back a stretch of users at a
   * time: go on until it is done, with turns in between.
   * @param users one past the highest index
   */
  *sweep({ idleHours, users }: { idleHours: number; users: number }): Generator<void> {
    for (let user = 0; user < users; user++) {
      if (this.hour - this.#readHours.get(user) > idleHours) this.drop(user)
      if (user % sweepStep === sweepStep - 1) yield
    }
  }

  #readAnew(user: number, { before, limit }: Page, out: Float64Array): number {
    const authors = [user]
    this.#sources.followings().forEach(user, (followee) => {
      if (followee !== user) authors.push(followee)
    })
    const merged = this.#merged
    const { authored } = this.#sources
    const reader = readerOf(this.#sources.followings(), user, authors)
    const count = mergeNewest(authored, authors, merged.length, merged, (ids, taken) =>
      this.#sources.keepOwn(reader, { ids, count: taken }),
    )
    // What holds a tweet already must not be reached by it once more without a look.
    const isFree = this.#large.running === undefined && !this.#large.isExpected(user)
    if (isFree) this.#rings.fill(user, merged, count)
    let copied = 0
    for (let place = count - 1; place >= 0 && copied < limit && copied < out.length; place--) {
      if (merged[place]! < before) out[copied++] = merged[place]!
    }
    return copied
  }

  /** What has not reached the user's ring yet and belongs there, in no order. */
  #collectExtra(user: number, before: number): void {
    this.#extra.length = 0
    this.#waiting.collect(user, this.#extra)
    this.#rings.collectBuffered(user, this.#extra)
    const followings = this.#sources.followings()
    for (const { author, repliedTo, tweetId, progress } of this.#large) {
      if (progress > user || tweetId >= before || !followings.has(user, author)) continue
      if (repliedTo === absent || followings.has(user, repliedTo)) this.#extra.push(tweetId)
    }
    for (let place = this.#extra.length - 1; place >= 0; place--) {
      if (this.#extra[place]! >= before) this.#extra.splice(place, 1)
    }
  }

  /** Puts the extra ids where they belong among the first `count` of `out`, which descend. */
  #mergeExtra(out: Float64Array, count: number, limit: number): number {
    const room = Math.min(limit, out.length)
    let copied = count
    for (const id of this.#extra) {
      let place = copied
      while (place > 0 && out[place - 1]! < id) place--
      const isThere = place > 0 && out[place - 1] === id
      if (isThere || place === room) continue
      out.copyWithin(place + 1, place, Math.min(copied, room - 1))
      out[place] = id
      copied = Math.min(copied + 1, room)
    }
    return copied
  }
}
