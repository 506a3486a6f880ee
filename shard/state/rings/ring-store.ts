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
//     size class (5 bits) | 2 bits free | late (1) | wrapped (1) | 3 bits free | next (20), 0 only if empty
//
// Under load the tweets of other partitions come late: behind hundreds of newer ones of their ring. Moving all of
// those by one place for each would be most of a shard's work. So the hand writes what comes late where it
// stands, if that is newer than what was written in the round before, and marks the ring `late`: the places from 0
// to the hand are put in order before the next round, before the ring grows, or when it is read (ring-order.ts).
//
// In front of the entries one slot names the owner, so that the slab may move a ring. A slot that was
// not written yet holds 0, which is no id: a reader in another thread recognises it.

import { FlatTable, type SharedFlatTable } from '../memory/flat-table.ts'
import { type SharedSlab, Slab } from '../memory/slab.ts'
import { orderIds } from './ring-order.ts'

/** Largest number of entries of a ring: the state word has 20 bits for `next`. */
export const RING_CAPACITY_LIMIT = 2 ** 20 - 1

export const NEXT_MASK = 2 ** 20 - 1
export const CLASS_SHIFT = 27
export const WRAPPED = 1 << 23
export const LATE = 1 << 24
/** Slots that are looked at before the end of the last round is: a line of memory. */
const nearSlots = 8
/** So many of the newest ids are looked at one by one. */
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
    const slab = Slab.create({ blockUnits, pageUnits, bytesMax, isSetAside: true })
    return new RingStore(FlatTable.create(), slab)
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

  /** Whether the ids that were written since the hand last began are out of order. */
  isLate(state: number): boolean {
    return (state & LATE) !== 0
  }

  /**
   * How many ids of a ring in order are below `id`: one look after the other among the newest, which most who ask are
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

  /** Puts a ring in order. */
  order(owner: number): void {
    const entry = this.table.entryOf(owner)
    if (!this.isLate(this.table.words[entry + 1]!)) return
    this.slab.turnVersion()
    this.orderEntry(entry)
    this.slab.turnVersion()
  }

  /** The same for an entry of the table, where the version has been turned already. */
  orderEntry(entry: number): void {
    const { words } = this.table
    const { slots } = this.slab
    const base = words[entry]!
    const state = words[entry + 1]!
    if (!this.isLate(state)) return
    const next = state & NEXT_MASK
    let count = orderIds(slots, base, next)
    let flags = state & ~(NEXT_MASK | LATE)
    if (count < next && (state & WRAPPED) !== 0) {
      // An id that came twice has overwritten the oldest one: what is left begins at 0.
      const older = slots.slice(base + next, base + this.capacityMax)
      slots.copyWithin(base + older.length, base, base + count)
      slots.set(older, base)
      count += older.length
      flags &= ~WRAPPED
    }
    words[entry + 1] = flags | count
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
  grow(owner: number, entry: number): void {
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

/**
 * Whether an id that is older than the one before the hand is as old as those of the round before the hand's. If it is newer
 * than one right before the hand, it is newer than all of them; and those lie in a line of memory that is here already,
 * where the end of that round does not.
 */
export function isOlderThanRound(
  { slab, table, capacityMax }: RingStore,
  { entry, id }: { entry: number; id: number },
): boolean {
  const state = table.words[entry + 1]!
  if ((state & WRAPPED) === 0) return false
  const { slots } = slab
  const base = table.words[entry]!
  const next = state & NEXT_MASK
  const near = Math.max(0, next - nearSlots)
  for (let place = next - 2; place >= near; place--) if (slots[base + place]! < id) return false
  return slots[base + capacityMax - 1]! >= id
}
