// TimelineRings: the home timelines of a process, for each owner a ring of the newest tweet ids. The shard
// owns it and lends stretches of owners to the fan-out workers (timelines.ts). How a ring lies in memory
// is drawn in ring-store.ts, and how deliveries gather before they are written in delivery-buffer.ts.
//
// Promises: a ring holds the newest `capacityMax` distinct ids ever inserted, in whatever order they
// came, so two processes that received the same ids hold the same timelines. A delivery
// writes 8 bytes behind the last entry and raises one number: no message, no object. An id that is delivered
// twice to an owner (which nobody does; `insert` alone looks for that) is shown once, and takes the place of the oldest.
//
// Threads: one thread at a time writes the rings of an owner (lending is a message, which orders memory),
// and one thread alone makes, enlarges or drops rings, for they share an allocator; any thread may read
// meanwhile. A read is tried again if a change other than an append was under way, or if what it copied
// does not descend, which is how an entry just overwritten shows. So the writer needs no atomic stores,
// which are five to ten times slower. What `deliver` has buffered is seen by the thread alone that delivered it, which
// makes the rings as well: it settles a ring, together with its neighbors, before it looks at it or changes it.

import { DeliveryBuffer, gathering } from './delivery-buffer.ts'
import { type Delivery, type Range, RingAppender } from './ring-appender.ts'
import { RingInserter } from './ring-inserter.ts'
import { type Page, RingReader } from './ring-reader.ts'
import { RingSettler } from './ring-settler.ts'
import { RING_CAPACITY_LIMIT, RingStore, type SharedRings } from './ring-store.ts'

export { RING_CAPACITY_LIMIT, type SharedRings }

/** Entries of a full ring. */
export const RING_CAPACITY_MAX = 800
/** Entries of a new ring. It doubles when it is full. */
export const RING_CAPACITY_MIN = 16

/** Deliveries that are settled in one go: about 2 ms. What is left when rings are lent comes late. */
const settledAtOnceMax = 32_768

export class TimelineRings {
  readonly #store: RingStore
  readonly #appender: RingAppender
  readonly #inserter: RingInserter
  readonly #buffer = new DeliveryBuffer()
  readonly #settler: RingSettler
  readonly #reader: RingReader
  #lent: Range | undefined
  /** Takes what needs more than an entry where the hand stands while rings are lent, to insert it afterwards. */
  onLeft: (owner: number, id: number) => void = () => undefined

  /**
   * No rings yet. `capacityMax` and `capacityMin` are entries of a full and of a new ring, `bytesMax`
   * the address space for all rings (it is memory only where used).
   * @throws RangeError if not 2 <= capacityMin <= capacityMax <= RING_CAPACITY_LIMIT
   */
  constructor(
    options: { capacityMax?: number; capacityMin?: number; bytesMax?: number } | RingStore = {},
  ) {
    if (options instanceof RingStore) {
      this.#store = options
    } else {
      const { capacityMax = RING_CAPACITY_MAX, bytesMax } = options
      const { capacityMin = Math.min(RING_CAPACITY_MIN, capacityMax) } = options
      this.#store = RingStore.create({ capacityMax, capacityMin, bytesMax })
    }
    this.#appender = new RingAppender(this.#store)
    this.#inserter = new RingInserter(this.#store)
    this.#settler = new RingSettler(this.#store, this.#buffer)
    this.#reader = new RingReader(this.#store)
  }

  /** What another thread needs for `attach`: a few references, to be sent once. */
  share(): SharedRings {
    return this.#store.share()
  }

  /** The same rings, seen from the thread that received `shared`. */
  static attach(shared: SharedRings): TimelineRings {
    return new TimelineRings(RingStore.attach(shared))
  }

  get ringCount(): number {
    return this.#store.slab.ownerNumber
  }

  /** Bytes of memory held, in whole pages. Pages not yet written are counted and not resident. */
  get bytes(): number {
    return this.#store.table.bytes + this.#store.slab.bytes + this.#buffer.bytes
  }

  has(owner: number): boolean {
    const { table } = this.#store
    table.refresh()
    return table.words[table.entryOf(owner)] !== 0
  }

  /**
   * Gives the owner an empty ring, unless there is a ring.
   * @throws RangeError if the owner is no index, or bytesMax is used up
   */
  create(owner: number): void {
    if (!this.has(owner)) this.#place(owner, NO_IDS)
  }

  /** Takes the ring away, if there is one. Its memory serves other rings. */
  drop(owner: number): void {
    this.settle(owner)
    this.#buffer.dismiss(owner)
    this.#store.drop(owner)
  }

  /**
   * Creates the owner's ring, or replaces it, by the newest capacityMax of `ids[0]` to
   * `ids[count - 1]`, which are ascending and distinct.
   * @throws RangeError if the owner is no index, or bytesMax is used up
   */
  fill(owner: number, ids: Float64Array, count: number): void {
    this.drop(owner)
    const from = Math.max(0, count - this.#store.capacityMax)
    this.#place(owner, ids.subarray(from, count))
  }

  #place(owner: number, ids: Float64Array): void {
    this.#store.place(owner, ids)
    this.#buffer.admit(owner, ids.at(-1) ?? 0)
  }

  /**
   * Announces an id that is about to be delivered. Each tweet is announced once, before its first
   * delivery.
   * @returns whether it is newer than whatever was announced, inserted or filled in before: then no ring
   * holds it or a newer one.
   */
  announce(id: number): boolean {
    assertId(id)
    const isNewest = id > this.#store.newestId
    this.#store.noteId(id)
    return isNewest
  }

  /**
   * Adds one id. False where the owner has no ring, the id is there already, or the ring is full at
   * capacityMax and the id is older than all.
   * @throws RangeError if the id is not above 0, or bytesMax is used up
   */
  insert(owner: number, id: number): boolean {
    assertId(id)
    this.settle(owner)
    this.#store.refresh()
    this.#store.noteId(id)
    this.#buffer.noteGiven(owner, id)
    return this.#inserter.insert(owner, id)
  }

  /**
   * Delivers one id to `owners[from]` up to but not including `owners[to]`, each of them once and none of whom has
   * it; those without a ring are passed over. Ascending owners are the fastest.
   * @param delivery was announced: `isNewest` is what `announce` has said, and no newer one has come to these owners since
   * @returns how many rings have taken it, or will
   * @throws RangeError if bytesMax is used up
   */
  deliver(owners: Uint32Array, range: Range, delivery: Delivery): number {
    if (this.ringCount < gathering.ringsMin) {
      this.#buffer.noteGivenToAny(delivery.id)
      return this.#write(owners, range, delivery)
    }
    const added = this.#buffer.add(owners, range, delivery.id, this.#settle)
    const { direct, directCount } = this.#buffer
    if (directCount === 0) return added
    return added + this.#write(direct, { from: 0, to: directCount }, delivery)
  }

  #write(owners: Uint32Array, range: Range, delivery: Delivery): number {
    const appended = this.append(owners, range, delivery)
    const { leftCount } = this
    if (leftCount > 0) this.#insertLeft(this.left, new Float64Array(leftCount).fill(delivery.id))
    return appended + leftCount
  }

  /** Writes what is buffered for an owner, and for those who lie beside. */
  settle(owner: number): void {
    if (this.#buffer.look(owner)) this.#settle(owner)
  }

  /**
   * Writes what is buffered for the owners of a range.
   * @returns whether that was all, for certain: after some 2 ms the rest is left for another time
   */
  settleRange(range: Range): boolean {
    let settled = 0
    for (const owner of this.#buffer.lookAt(range)) {
      settled += this.#settle(owner)
      if (settled >= settledAtOnceMax) return false
    }
    return true
  }

  /** @returns how many deliveries those were */
  readonly #settle = (owner: number): number => {
    const count = this.#buffer.take(owner)
    const settler = this.#settler
    settler.settle(count, this.#lent)
    const { leftOwners, leftIds, leftCount } = settler
    if (leftCount > 0) this.#insertLeft(leftOwners, leftIds.subarray(0, leftCount))
    return count
  }

  /** Inserts each of the ids for the owner at its place, or leaves it for the time when no rings are lent. */
  #insertLeft(owners: Uint32Array, ids: Float64Array): void {
    if (this.#lent === undefined) this.#inserter.insertMany(owners, ids)
    else for (const [at, id] of ids.entries()) this.onLeft(owners[at]!, id)
  }

  /**
   * The rings of these owners are written by others now, who give them `id`, until `takeBack`. No ring is made, enlarged
   * or dropped meanwhile.
   */
  lend(range: Range, id: number): void {
    this.settleRange(range)
    this.#buffer.noteGivenTo(range, id)
    this.#lent = range
  }

  takeBack(): void {
    this.#lent = undefined
  }

  /** Appends the ids that are buffered for an owner. */
  collectBuffered(owner: number, found: number[]): void {
    this.#buffer.collect(owner, found)
  }

  /**
   * The same at once, but only where the id goes behind the last one of a ring with room: nothing is allocated or
   * moved, so that threads may do it at a time for owners who were lent to them. The others are named in `left`.
   */
  append(owners: Uint32Array, range: Range, delivery: Delivery): number {
    return this.#appender.append(owners, range, delivery)
  }

  /** The owners that the last `append` has left to `insert`; the first `leftCount` hold. */
  get left(): Uint32Array {
    return this.#appender.left
  }

  get leftCount(): number {
    return this.#appender.leftCount
  }

  /** Ids in the owner's ring, 0 without one. */
  count(owner: number): number {
    this.settle(owner)
    const { table } = this.#store
    table.refresh()
    return this.#store.countOf(table.words[table.entryOf(owner) + 1]!)
  }

  /** Settles a ring and puts it in order, so that reading it is quick. Only for the thread that writes it. */
  order(owner: number): void {
    this.settle(owner)
    this.#store.refresh()
    this.#store.order(owner)
  }

  /**
   * Copies at most `limit` ids below `before` into `out`, newest first, and returns how many. The
   * next page is the one before the last id of this page.
   * @returns -1 where no read came out whole: whoever writes the ring has stopped in the middle, or it is
   * damaged
   */
  readBefore(owner: number, page: Page, out: Float64Array): number {
    return this.#reader.readBefore(owner, page, out)
  }
}

const NO_IDS = new Float64Array(0)

function assertId(id: number): void {
  if (!(id > 0)) throw new RangeError(`${id} is no id`)
}
