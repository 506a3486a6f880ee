// RingStore: where the entries of each owner's ring lie and how they are ordered. `TimelineRings`
// owns it; the public surface, the delivery loop and the reading of pages are there.
//
// Like a clock face of 800 hours: the hand shows where the next id goes. While the clock is not full
// the hand moves into empty hours; afterwards it moves onto the oldest id, which is thereby gone.
//
//     growing (16, 32, ... entries)    | 3 | 5 | 8 |   |       next = 3, oldest at 0
//     full at capacityMax              | 9 | 12| 5 | 8 |       next = 2, oldest at 2, newest before it
//
// Per owner two words in a FlatTable: the slot of the first entry (0: no ring), and the state:
//
//     size class (5 bits) | 3 bits free | wrapped (1) | 3 bits free | next (20), 0 only if empty
//
// In front of the entries one slot names the owner, so that the slab may move a ring. A slot that was
// not written yet holds 0, which is no id: a reader in another thread recognises it.

import { FlatTable, type SharedFlatTable } from './flat-table.ts'
import { type SharedSlab, Slab } from './slab.ts'

/** Largest number of entries of a ring: the state word has 20 bits for `next`. */
export const RING_CAPACITY_LIMIT = 2 ** 20 - 1

export const NEXT_MASK = 2 ** 20 - 1
export const CLASS_SHIFT = 27
const WRAPPED = 1 << 23
/**
 * So many of the newest ids are looked at one by one. Under load the tweets of other partitions come late: behind
 * 8 to 64 newer ones of their ring.
 */
const nearCount = 64
const PAGE_UNITS_MIN = 8192

/** What a worker needs to attach. It can be structured-cloned; the memory itself is not copied. */
export type SharedRings = { table: SharedFlatTable; slab: SharedSlab }

export class RingStore {
  readonly table: FlatTable
  readonly slab: Slab
  /** Entries of a ring, by size class. The last is capacityMax. */
  readonly capacities: Uint32Array
  readonly capacityMax: number

  private constructor(table: FlatTable, slab: Slab) {
    this.table = table
    this.slab = slab
    this.capacities = slab.blockUnits.map((units) => units - 1)
    this.capacityMax = this.capacities.at(-1)!
  }

  /** @throws RangeError if not 2 <= capacityMin <= capacityMax <= RING_CAPACITY_LIMIT */
  static create(options: {
    capacityMax: number
    capacityMin: number
    bytesMax: number | undefined
  }): RingStore {
    const { capacityMax, capacityMin, bytesMax } = options
    if (!(capacityMin >= 2 && capacityMin <= capacityMax && capacityMax <= RING_CAPACITY_LIMIT)) {
      throw new RangeError(`no rings of ${capacityMin} to ${capacityMax} entries`)
    }
    const blockUnits = Uint32Array.from(doublings(capacityMin, capacityMax), (n) => n + 1)
    // Ten full rings to a page leave little of it unused.
    const pageUnits = Math.max(PAGE_UNITS_MIN, 2 ** Math.ceil(Math.log2(10 * capacityMax)))
    return new RingStore(FlatTable.create(), Slab.create({ blockUnits, pageUnits, bytesMax }))
  }

  static attach(shared: SharedRings): RingStore {
    return new RingStore(FlatTable.attach(shared.table), Slab.attach(shared.slab))
  }

  share(): SharedRings {
    return { table: this.table.share(), slab: this.slab.share() }
  }

  /** Makes the views reach everything that another thread added. */
  refresh(): void {
    this.table.refresh()
    this.slab.refresh()
  }

  /** The newest id that was ever written here, or was announced to be. */
  get newestId(): number {
    return this.slab.ownerId
  }

  /** Notes an id that is written, or about to be. */
  noteId(id: number): void {
    if (id > this.slab.ownerId) this.slab.ownerId = id
  }

  countOf(state: number): number {
    return (state & WRAPPED) === 0 ? state & NEXT_MASK : this.capacityMax
  }

  /** The place of the oldest id: 0 until the hand has gone round, then where the hand is. */
  oldestOf(state: number): number {
    const next = state & NEXT_MASK
    return (state & WRAPPED) === 0 || next === this.capacityMax ? 0 : next
  }

  /**
   * How many ids of the ring are below `id`: one look after the other among the newest, which most who ask are
   * about, and which lie side by side in memory; then by binary search.
   */
  countBelow(base: number, state: number, id: number): number {
    const { slots } = this.slab
    const capacity = this.capacities[state >>> CLASS_SHIFT]!
    const count = this.countOf(state)
    const near = Math.min(count, nearCount)
    let at = state & NEXT_MASK
    for (let newer = 0; newer < near; newer++) {
      if (slots[base + at - 1]! < id) return count - newer
      at = at === 1 ? capacity : at - 1
    }
    const oldest = this.oldestOf(state)
    let low = 0
    let high = count - near
    while (low < high) {
      const middle = (low + high) >>> 1
      const place = oldest + middle
      if (slots[base + (place < capacity ? place : place - capacity)]! < id) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds an id to a ring in any state: see `TimelineRings.insert`. */
  insert(owner: number, id: number): boolean {
    const entry = this.table.entryOf(owner)
    if (this.#append(entry, id)) return true
    this.slab.turnVersion()
    try {
      return this.#insertInOrder(owner, entry, id)
    } finally {
      this.slab.turnVersion()
    }
  }

  /**
   * Adds an id to the rings of the first `count` of `owners`. The version turns once for all of them: it waits
   * for every write before it to reach memory, which for each ring would take longer than the rest.
   * @returns how many took it
   */
  insertMany(owners: Uint32Array, count: number, id: number): number {
    let inserted = 0
    this.slab.turnVersion()
    try {
      for (let place = 0; place < count; place++) {
        const owner = owners[place]!
        const entry = this.table.entryOf(owner)
        if (this.#append(entry, id) || this.#insertInOrder(owner, entry, id)) inserted++
      }
    } finally {
      this.slab.turnVersion()
    }
    return inserted
  }

  /** Puts an id behind the newest of a ring with room, which no reader has to be kept from. */
  #append(entry: number, id: number): boolean {
    const { words } = this.table
    const base = words[entry]!
    const state = words[entry + 1]!
    const next = state & NEXT_MASK
    if (base === 0 || next === this.capacities[state >>> CLASS_SHIFT]!) return false
    if (next > 0 && this.slab.slots[base + next - 1]! >= id) return false
    this.slab.slots[base + next] = id
    words[entry + 1] = state + 1
    return true
  }

  /** Shifts newer ids by one place, grows the ring, or lets the hand start its next round. */
  #insertInOrder(owner: number, entry: number, id: number): boolean {
    const { words } = this.table
    if (words[entry] === 0) return false
    const rank = this.countBelow(words[entry]!, words[entry + 1]!, id)
    const count = this.countOf(words[entry + 1]!)
    const isFull = count === this.capacityMax
    if (isFull && rank === 0) return false
    if (rank < count && this.#idAt(entry, rank) === id) return false
    const sizeClass = words[entry + 1]! >>> CLASS_SHIFT
    if (!isFull && count === this.capacities[sizeClass]) this.#grow(owner, entry)
    const base = words[entry]!
    const state = words[entry + 1]!
    const capacity = this.capacities[state >>> CLASS_SHIFT]!
    const { slots } = this.slab
    // In a full ring the hand is on the oldest id, so the shift towards the hand overwrites that.
    const hand = (state & NEXT_MASK) === capacity ? 0 : state & NEXT_MASK
    let at = hand
    for (let newer = count - rank; newer > 0; newer--) {
      const previous = at === 0 ? capacity - 1 : at - 1
      slots[base + at] = slots[base + previous]!
      at = previous
    }
    slots[base + at] = id
    words[entry + 1] = (state & ~NEXT_MASK) | (isFull ? WRAPPED : 0) | (hand + 1)
    return true
  }

  /** The id with `rank` older ones in its ring. */
  #idAt(entry: number, rank: number): number {
    const state = this.table.words[entry + 1]!
    const capacity = this.capacities[state >>> CLASS_SHIFT]!
    const at = this.oldestOf(state) + rank
    return this.slab.slots[this.table.words[entry]! + (at < capacity ? at : at - capacity)]!
  }

  /** Makes a ring of `ids`, which are ascending, distinct and not more than capacityMax. */
  place(owner: number, ids: Float64Array): void {
    this.refresh()
    let sizeClass = 0
    while (this.capacities[sizeClass]! < ids.length) sizeClass++
    const entry = this.table.entryFor(owner)
    const base = this.#allocate(owner, sizeClass)
    this.noteId(ids.at(-1) ?? 0)
    this.slab.turnVersion()
    this.slab.slots.set(ids, base)
    this.table.words[entry] = base
    this.table.words[entry + 1] = (sizeClass << CLASS_SHIFT) | ids.length
    this.slab.ownerNumber++
    this.slab.turnVersion()
  }

  /** Takes a ring away, if there is one. */
  drop(owner: number): void {
    this.refresh()
    const { words } = this.table
    const entry = this.table.entryOf(owner)
    const base = words[entry]!
    if (base === 0) return
    const sizeClass = words[entry + 1]! >>> CLASS_SHIFT
    this.slab.turnVersion()
    words[entry] = 0
    words[entry + 1] = 0
    this.#release(sizeClass, base)
    this.slab.ownerNumber--
    this.slab.turnVersion()
  }

  /** Moves a ring, full and never wrapped, into the next size class. */
  #grow(owner: number, entry: number): void {
    const { words } = this.table
    const base = words[entry]!
    const sizeClass = words[entry + 1]! >>> CLASS_SHIFT
    const count = words[entry + 1]! & NEXT_MASK
    const larger = this.#allocate(owner, sizeClass + 1)
    this.slab.slots.copyWithin(larger, base, base + count)
    words[entry] = larger
    words[entry + 1] = ((sizeClass + 1) << CLASS_SHIFT) | count
    this.#release(sizeClass, base)
  }

  #allocate(owner: number, sizeClass: number): number {
    const reference = this.slab.allocate(sizeClass)
    const base = reference + 1
    this.slab.slots[reference] = owner
    this.slab.slots.fill(0, base, base + this.capacities[sizeClass]!)
    return base
  }

  #release(sizeClass: number, base: number): void {
    const reference = base - 1
    if (this.slab.free(sizeClass, reference) === 0) return
    const movedOwner = this.slab.slots[reference]!
    this.table.words[this.table.entryOf(movedOwner)] = base
  }
}

/** capacityMin, its doublings below capacityMax, capacityMax. */
function doublings(capacityMin: number, capacityMax: number): number[] {
  const capacities: number[] = []
  for (let entries = capacityMin; entries < capacityMax; entries *= 2) capacities.push(entries)
  return [...capacities, capacityMax]
}
