// TimelineRings: the home timelines of a process, for each owner a ring of the newest tweet ids. The shard
// owns it and lends stretches of owners to the fan-out workers (timelines.ts). How a ring lies in memory
// is drawn in ring-store.ts.
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
// which are five to ten times slower.

import { type Delivery, type Range, RingAppender } from './ring-appender.ts'
import { RingInserter } from './ring-inserter.ts'
import { orderIds } from './ring-order.ts'
import { CLASS_SHIFT, RING_CAPACITY_LIMIT, RingStore, type SharedRings } from './ring-store.ts'

export { RING_CAPACITY_LIMIT, type SharedRings }

/** Entries of a full ring. */
export const RING_CAPACITY_MAX = 800
/** Entries of a new ring. It doubles when it is full. */
export const RING_CAPACITY_MIN = 16

/** Attempts before a read gives up: a change by another thread takes far less than so many. */
const READ_ATTEMPTS_MAX = 10_000

export class TimelineRings {
  readonly #store: RingStore
  readonly #appender: RingAppender
  readonly #inserter: RingInserter

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
    return this.#store.table.bytes + this.#store.slab.bytes
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
    if (!this.has(owner)) this.#store.place(owner, NO_IDS)
  }

  /** Takes the ring away, if there is one. Its memory serves other rings. */
  drop(owner: number): void {
    this.#store.drop(owner)
  }

  /**
   * Creates the owner's ring, or replaces it, by the newest capacityMax of `ids[0]` to
   * `ids[count - 1]`, which are ascending and distinct.
   * @throws RangeError if the owner is no index, or bytesMax is used up
   */
  fill(owner: number, ids: Float64Array, count: number): void {
    this.#store.drop(owner)
    const from = Math.max(0, count - this.#store.capacityMax)
    this.#store.place(owner, ids.subarray(from, count))
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
    this.#store.refresh()
    this.#store.noteId(id)
    return this.#inserter.insert(owner, id)
  }

  /**
   * Delivers one id to `owners[from]` up to but not including `owners[to]`, each of them once and none of whom has
   * it; those without a ring are passed over. Returns how many rings took it. Ascending owners are the fastest.
   * @throws RangeError if the id is not above 0, or bytesMax is used up
   */
  insertMany(owners: Uint32Array, range: { from: number; to: number }, id: number): number {
    return this.deliver(owners, range, { id, isNewest: this.announce(id) })
  }

  /**
   * The same for an id that was announced: `isNewest` is what `announce` has said, and no newer one has
   * come to these owners since.
   */
  deliver(owners: Uint32Array, range: Range, delivery: Delivery): number {
    const appended = this.append(owners, range, delivery)
    if (this.leftCount === 0) return appended
    return appended + this.#inserter.insertMany(this.left, this.leftCount, delivery.id)
  }

  /**
   * The same, but only where the id goes behind the last one of a ring with room: nothing is allocated or
   * moved, so that threads may do it at a time for owners of their own. The others are named in `left`.
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
    const { table } = this.#store
    table.refresh()
    return this.#store.countOf(table.words[table.entryOf(owner) + 1]!)
  }

  /** Puts a ring in order, so that reading it is quick. Only for the thread that writes it. */
  order(owner: number): void {
    this.#store.refresh()
    this.#store.order(owner)
  }

  /**
   * Copies at most `limit` ids below `before` into `out`, newest first, and returns how many. The
   * next page is the one before the last id of this page.
   * @returns -1 where no read came out whole: whoever writes the ring has stopped in the middle, or it is
   * damaged
   */
  readBefore(
    owner: number,
    { before, limit }: { before: number; limit: number },
    out: Float64Array,
  ): number {
    const { table, slab } = this.#store
    const wanted = Math.min(limit, out.length)
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const { version } = slab
      if (version % 2 !== 0) continue
      this.#store.refresh()
      const entry = table.entryOf(owner)
      const base = table.words[entry]!
      const state = Atomics.load(table.words, entry + 1)
      const copied = this.#copyBefore({ base, state, before, wanted }, out)
      const isUnchanged = state === Atomics.load(table.words, entry + 1)
      if (isUnchanged && version === slab.version && descends(out, copied)) return copied
    }
    return -1
  }

  #copyBefore(
    ring: { base: number; state: number; before: number; wanted: number },
    out: Float64Array,
  ): number {
    const { base, state, before, wanted } = ring
    const { slots } = this.#store.slab
    if (this.#store.isLate(state)) return this.#copyLate(ring, out)
    const capacity = this.#store.capacities[state >>> CLASS_SHIFT]!
    const older = this.#store.countBelow(base, state, before)
    const copied = Math.max(0, Math.min(wanted, older))
    let at = this.#store.oldestOf(state) + older
    if (at > capacity) at -= capacity
    for (let i = 0; i < copied; i++) {
      if (at === 0) at = capacity
      at--
      out[i] = slots[base + at]!
    }
    return copied
  }

  /** The same for a ring that is not in order, and that this thread may not put in order. */
  #copyLate(
    {
      base,
      state,
      before,
      wanted,
    }: { base: number; state: number; before: number; wanted: number },
    out: Float64Array,
  ): number {
    const held = this.#store.slab.slots.slice(base, base + this.#store.countOf(state))
    let older = orderIds(held, 0, held.length)
    while (older > 0 && held[older - 1]! >= before) older--
    const copied = Math.min(wanted, older)
    for (let i = 0; i < copied; i++) out[i] = held[older - 1 - i]!
    return copied
  }
}

const NO_IDS = new Float64Array(0)

function assertId(id: number): void {
  if (!(id > 0)) throw new RangeError(`${id} is no id`)
}

function descends(ids: Float64Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (!(ids[i]! < ids[i - 1]!)) return false
  return count === 0 || ids[count - 1]! > 0
}
