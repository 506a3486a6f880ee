// DeliveryBuffer: deliveries on their way into the rings, gathered by blocks of owners who lie side by side.
//
// The followers of one author are spread over all owners, so to write a tweet into their rings is to touch another page of
// main memory for each of them, and to find the page is most of what that takes. The tweets of many authors, sorted by
// owner, touch the same pages one after the other. So where much is delivered and little is read a delivery first goes
// behind the last one of its block, of which there are few, and a block goes into the rings when it is full or when
// somebody wants to see one of them:
//
//     tweet 51 -> owners 7, 5,120, 9,000          block 0 | 7:51  12:52  7:53 | --sorted--> ring 7:  51 53
//     tweet 52 -> owners 12, 5,121                block 1 | 5,120:51 5,121:52 |             ring 12: 52
//     tweet 53 -> owners 7, 8,191                 block 2 | 9,000:51 8,191:53 |
//
// An entry is a word: which tweet of the last 262,144 (18 bits), which owner of the block (12 bits). Blocks are settled in
// turn as tweets come, so that none waits until its tweet is not one of those any more.
//
// Owned by `TimelineRings`, which settles a block before anybody sees a ring of it. Memory of one thread alone.
//
// It is quicker to write each delivery at once where rings are read often, as a block is settled before there is much in
// it: so what comes first after a look at a ring of the block is not gathered (`direct`). And where there are few rings, as
// the entries that are written next stay in the processor's caches: then nothing is (`gathering`).
//
// Promises: what was added is taken exactly once, by owner, and of each owner by id; an owner without a ring is
// passed over.

import { DeliverySorter, ownerBits, ownerMask } from './delivery-sorter.ts'
import type { Range } from './ring-appender.ts'

/** Full rings of so many owners are 26 MB. */
const blockOwners = 2 ** ownerBits
/** Entries of a full block: for every second owner, then a ring is not far from the one before. 0.1 ms to settle. */
const entriesMax = 2_048
const tweetsMax = 2 ** 18
/** All blocks have been settled once when so many tweets have come. */
const tweetsOfTurn = tweetsMax / 4

/**
 * When deliveries are gathered: with so many rings or more, and but for so many after a look at a ring of the block. For
 * the whole thread, from the next delivery on. With 20,000 rings it takes 1.7 times as long as to write each at once, with
 * 100,000 the same, with 200,000 0.74 of it, with 500,000 half.
 */
export const gathering = { ringsMin: 2 ** 17, directMax: 512 }

/** Has to `take` the block of this owner. */
export type SettleBlock = (owner: number) => unknown

export class DeliveryBuffer {
  readonly #sorter = new DeliverySorter(entriesMax)
  /** What `take` has taken, ascending by owner, then by id. */
  readonly owners = this.#sorter.owners
  readonly ids = this.#sorter.ids
  /** The oldest of these. */
  oldest = 0
  /** The newest id that a ring of the block may have been given before these. */
  newestBefore = 0
  /** Of those given to `add` last: who is not gathered for. The first `directCount` hold. */
  direct = new Uint32Array(0)
  directCount = 0
  /** By owner, a bit: whether there is a ring. */
  #hasRing = new Uint32Array(0)
  /** By block: how many entries there are, and the newest id that a ring of it was given. */
  #counts = new Uint16Array(0)
  #newest = new Float64Array(0)
  #newestOfAll = 0
  /** By block: deliveries since a ring of it was looked at, up to `gathering.directMax`. */
  #sinceLook = new Uint16Array(0)
  /** By block, `entriesMax` for each. */
  #entries = new Int32Array(0)
  /** The ids of tweets, by their number in an entry, and the number of the last one. Two megabytes once it is used. */
  #tweetIds = new Float64Array(0)
  #tweet = 0
  #tweetsSinceSettled = 0
  #settledInTurn = 0

  get bytes(): number {
    return this.#entries.byteLength + this.#hasRing.byteLength + this.#tweetIds.byteLength
  }

  /** The owner has a ring from now on, whose newest id is not above `newest`. */
  admit(owner: number, newest: number): void {
    this.#reach(owner >>> ownerBits)
    this.#hasRing[owner >>> 5]! |= 1 << (owner & 31)
    this.noteGiven(owner, newest)
  }

  /** The owner has none any more. What is buffered for them has to be taken before. */
  dismiss(owner: number): void {
    if (owner >>> 5 < this.#hasRing.length) this.#hasRing[owner >>> 5]! &= ~(1 << (owner & 31))
  }

  /** Notes that a ring is given an id past the buffer. */
  noteGiven(owner: number, id: number): void {
    const block = owner >>> ownerBits
    if (id > this.#newest[block]!) this.#newest[block] = id
  }

  /** The same for all rings of a range. */
  noteGivenTo({ from, to }: Range, id: number): void {
    const end = Math.min(this.#counts.length, Math.ceil(to / blockOwners))
    for (let block = from >>> ownerBits; block < end; block++) {
      if (id > this.#newest[block]!) this.#newest[block] = id
    }
  }

  /** The same for any rings. */
  noteGivenToAny(id: number): void {
    if (id > this.#newestOfAll) this.#newestOfAll = id
  }

  /**
   * Adds one id for `owners[from]` up to but not including `owners[to]`, those of them with a ring, but for those who are
   * named in `direct`.
   * @param settle is called for blocks that are full, or whose turn it is
   * @returns how many were added
   */
  add(owners: Uint32Array, { from, to }: Range, id: number, settle: SettleBlock): number {
    if (id !== this.#tweetIds[this.#tweet]) this.#nextTweet(id, settle)
    const end = Math.min(to, owners.length)
    if (this.direct.length < end - from) this.direct = new Uint32Array(end - from)
    const tweet = this.#tweet << ownerBits
    const { direct } = this
    const { directMax } = gathering
    const hasRing = this.#hasRing
    const counts = this.#counts
    const entries = this.#entries
    const sinceLook = this.#sinceLook
    const newest = this.#newest
    const reached = hasRing.length * 32
    let directCount = 0
    let added = 0
    for (let i = from; i < end; i++) {
      const owner = owners[i]!
      if (owner >= reached || ((hasRing[owner >>> 5]! >>> (owner & 31)) & 1) === 0) continue
      const block = owner >>> ownerBits
      if (sinceLook[block]! < directMax) {
        sinceLook[block]!++
        if (id > newest[block]!) newest[block] = id
        direct[directCount++] = owner
        continue
      }
      const count = counts[block]!
      entries[block * entriesMax + count] = tweet | (owner & ownerMask)
      counts[block] = count + 1
      added++
      if (count + 1 === entriesMax) settle(owner)
    }
    this.directCount = directCount
    return added
  }

  #nextTweet(id: number, settle: SettleBlock): void {
    if (this.#tweetIds.length === 0) this.#tweetIds = new Float64Array(tweetsMax)
    this.#tweet = (this.#tweet + 1) % tweetsMax
    this.#tweetIds[this.#tweet] = id
    this.#tweetsSinceSettled++
    if (this.#tweetsSinceSettled * this.#counts.length < tweetsOfTurn) return
    this.#tweetsSinceSettled = 0
    this.#settledInTurn = (this.#settledInTurn + 1) % this.#counts.length
    if (this.#counts[this.#settledInTurn]! > 0) settle(this.#settledInTurn * blockOwners)
  }

  /** Somebody wants to see a ring. @returns whether its block has to be taken before */
  look(owner: number): boolean {
    const block = owner >>> ownerBits
    if (block >= this.#counts.length) return false
    this.#sinceLook[block] = 0
    return this.#counts[block]! > 0
  }

  /** Appends the ids that wait for this owner. */
  collect(owner: number, found: number[]): void {
    const block = owner >>> ownerBits
    const start = block * entriesMax
    const end = start + (this.#counts[block] ?? 0)
    for (let at = start; at < end; at++) {
      const entry = this.#entries[at]!
      if ((entry & ownerMask) === (owner & ownerMask))
        found.push(this.#tweetIds[entry >>> ownerBits]!)
    }
  }

  /** The same for a range. @returns an owner of each block that has to be taken */
  *lookAt({ from, to }: Range): Generator<number> {
    const end = Math.min(this.#counts.length, Math.ceil(to / blockOwners))
    for (let block = from >>> ownerBits; block < end; block++) {
      if (this.look(block * blockOwners)) yield block * blockOwners
    }
  }

  /**
   * Empties the block of this owner into `owners` and `ids`.
   * @returns how many there are
   */
  take(owner: number): number {
    const block = owner >>> ownerBits
    const count = this.#counts[block]!
    this.#counts[block] = 0
    this.#sorter.sort({
      entries: this.#entries,
      start: block * entriesMax,
      count,
      first: block * blockOwners,
      tweetIds: this.#tweetIds,
    })
    this.newestBefore = Math.max(this.#newest[block]!, this.#newestOfAll)
    let oldest = Number.POSITIVE_INFINITY
    let newest = this.newestBefore
    for (let rank = 0; rank < count; rank++) {
      const id = this.ids[rank]!
      if (id < oldest) oldest = id
      if (id > newest) newest = id
    }
    this.oldest = oldest
    this.#newest[block] = newest
    return count
  }

  /** Makes room for a block, and some more. What no block has used is not memory yet. */
  #reach(block: number): void {
    if (block < this.#counts.length) return
    const blocks = Math.max(block + 1, 2 * this.#counts.length)
    const [counts, entries] = [this.#counts, this.#entries]
    this.#counts = lengthened(counts, new Uint16Array(blocks))
    this.#newest = lengthened(this.#newest, new Float64Array(blocks))
    this.#sinceLook = lengthened(this.#sinceLook, new Uint16Array(blocks))
    this.#hasRing = lengthened(this.#hasRing, new Uint32Array((blocks * blockOwners) / 32))
    this.#entries = new Int32Array(blocks * entriesMax)
    for (const [used, count] of counts.entries()) {
      const start = used * entriesMax
      this.#entries.set(entries.subarray(start, start + count), start)
    }
  }
}

function lengthened<Numbers extends Uint16Array | Uint32Array | Float64Array>(
  shorter: Numbers,
  longer: Numbers,
): Numbers {
  longer.set(shorter)
  return longer
}
