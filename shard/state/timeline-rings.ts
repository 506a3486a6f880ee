// TimelineRings: the home timelines of one partition, for each owner a ring of the newest tweet ids.
// The shard owns it and lends it to a fan-out worker for a celebrity's tweet. How a ring lies in
// memory is drawn in ring-store.ts.
//
// Promises: a ring holds the newest `capacityMax` distinct ids ever inserted, in whatever order they
// came, so two processes that received the same ids hold the same timelines. A delivery in order
// reads the newest entry, writes 8 bytes beside it and raises one number: no message, no object.
//
// Threads: one thread at a time writes (lending is a message, which orders memory); any thread may
// read meanwhile. A read is tried again if a change other than an append was under way, or if what it
// copied does not descend, which is how an entry just overwritten shows. So the writer needs no
// atomic stores, which are five to ten times slower. All rings of one instance share an allocator:
// two partitions that are written by two threads at a time need two instances.

import {
  CLASS_SHIFT,
  NEXT_MASK,
  RING_CAPACITY_LIMIT,
  RingStore,
  type SharedRings,
} from './ring-store.ts'

export { RING_CAPACITY_LIMIT, type SharedRings }

/** Entries of a full ring. */
export const RING_CAPACITY_MAX = 800
/** Entries of a new ring. It doubles when it is full. */
export const RING_CAPACITY_MIN = 16

/** Attempts before a read takes what is there, perhaps without the id that is being written. */
const READ_ATTEMPTS_MAX = 100_000
/** Owners whose rings are brought into the cache before they are written. See `insertMany`. */
const GROUP_OWNERS = 256

export class TimelineRings {
  readonly #store: RingStore
  /** Keeps the compiler from leaving out the loops that only touch memory. */
  readonly #touched = new Float64Array(1)
  /** The table entries of the group of owners that is being delivered to. */
  readonly #entries = new Uint32Array(GROUP_OWNERS)

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
      return
    }
    const { capacityMax = RING_CAPACITY_MAX, bytesMax } = options
    const { capacityMin = Math.min(RING_CAPACITY_MIN, capacityMax) } = options
    this.#store = RingStore.create({ capacityMax, capacityMin, bytesMax })
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
   * Adds one id. False where the owner has no ring, the id is there already, or the ring is full at
   * capacityMax and the id is older than all.
   * @throws RangeError if the id is not above 0, or bytesMax is used up
   */
  insert(owner: number, id: number): boolean {
    assertId(id)
    this.#store.refresh()
    return this.#store.insert(owner, id)
  }

  /**
   * Delivers one id to `owners[from]` up to but not including `owners[to]`; those without a ring are
   * passed over. Returns how many rings took it. Ascending owners are the fastest.
   *
   * Each group of owners is gone through three times: a short loop that only reads has many waits for
   * main memory under way at a time, one that also compares and writes has few. Measured for the loops
   * alone, on two busy cores and a million rings of 256 entries, in million deliveries per second of
   * processor time: 2.3 to 2.7 in one pass, 3.1 to 4.1 in two, 5.0 to 7.1 in three (groups of 256).
   * Groups of 64 and 128 did as well, 512 did worse.
   *
   * @throws RangeError if the id is not above 0, or bytesMax is used up
   */
  insertMany(owners: Uint32Array, { from, to }: { from: number; to: number }, id: number): number {
    assertId(id)
    this.#store.refresh()
    const end = Math.min(to, owners.length)
    let inserted = 0
    for (let start = from; start < end; start += GROUP_OWNERS) {
      const groupEnd = Math.min(start + GROUP_OWNERS, end)
      this.#locate(owners, start, groupEnd)
      this.#touch(groupEnd - start)
      inserted += this.#deliver(owners, start, groupEnd, id)
    }
    return inserted
  }

  /** First pass: looks up the rings of a group of owners, which brings their state into the cache. */
  #locate(owners: Uint32Array, from: number, to: number): void {
    const entries = this.#entries
    const { table } = this.#store
    const { words } = table
    let sum = 0
    for (let i = from; i < to; i++) {
      const entry = table.entryOf(owners[i]!)
      entries[i - from] = entry
      sum += words[entry]!
    }
    this.#touched[0] = sum
  }

  /** Second pass: reads beside the newest entry of each ring, which brings that into the cache. */
  #touch(count: number): void {
    const entries = this.#entries
    const { words } = this.#store.table
    const { slots } = this.#store.slab
    let sum = 0
    for (let i = 0; i < count; i++) {
      const entry = entries[i]!
      sum += slots[(words[entry]! + (words[entry + 1]! & NEXT_MASK)) >>> 0]!
    }
    this.#touched[0] = sum
  }

  /**
   * Third pass, the delivery itself, to a group whose memory is in the cache. What is not an append
   * to a ring with room is left to the store.
   */
  #deliver(owners: Uint32Array, from: number, to: number, id: number): number {
    const entries = this.#entries
    const store = this.#store
    const { capacities } = store
    let { words } = store.table
    let { slots } = store.slab
    let inserted = 0
    for (let i = from; i < to; i++) {
      const entry = entries[i - from]!
      const state = words[entry + 1]!
      const next = state & NEXT_MASK
      const at = (words[entry]! + next) >>> 0
      if (next !== 0 && next < capacities[state >>> CLASS_SHIFT]! && slots[at - 1]! < id) {
        slots[at] = id
        words[entry + 1] = state + 1
        inserted++
      } else if (store.insert(owners[i]!, id)) {
        inserted++
        words = store.table.words
        slots = store.slab.slots
      }
    }
    return inserted
  }

  /** Ids in the owner's ring, 0 without one. */
  count(owner: number): number {
    const { table } = this.#store
    table.refresh()
    return this.#store.countOf(table.words[table.entryOf(owner) + 1]!)
  }

  /**
   * Copies at most `limit` ids below `before` into `out`, newest first, and returns how many. The
   * next page is the one before the last id of this page.
   */
  readBefore(
    owner: number,
    { before, limit }: { before: number; limit: number },
    out: Float64Array,
  ): number {
    const { table, slab } = this.#store
    const wanted = Math.min(limit, out.length)
    let copied = 0
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const { version } = slab
      if (version % 2 !== 0) continue
      this.#store.refresh()
      const entry = table.entryOf(owner)
      const base = table.words[entry]!
      const state = Atomics.load(table.words, entry + 1)
      copied = this.#copyBefore({ base, state, before, wanted }, out)
      const isUnchanged = state === Atomics.load(table.words, entry + 1)
      if (isUnchanged && version === slab.version && descends(out, copied)) return copied
    }
    return keepDescending(out, copied)
  }

  #copyBefore(
    ring: { base: number; state: number; before: number; wanted: number },
    out: Float64Array,
  ): number {
    const { base, state, before, wanted } = ring
    const { slots } = this.#store.slab
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
}

const NO_IDS = new Float64Array(0)

function assertId(id: number): void {
  if (!(id > 0)) throw new RangeError(`${id} is no id`)
}

function descends(ids: Float64Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (!(ids[i]! < ids[i - 1]!)) return false
  return count === 0 || ids[count - 1]! > 0
}

/** Leaves out, in place, what does not descend. Returns how many remain. */
function keepDescending(ids: Float64Array, count: number): number {
  let kept = 0
  for (let i = 0; i < count; i++) {
    const id = ids[i]!
    if (id > 0 && (kept === 0 || id < ids[kept - 1]!)) ids[kept++] = id
  }
  return kept
}
