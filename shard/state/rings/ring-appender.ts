// RingAppender: the delivery of one tweet to many rings, as far as it is nothing but an entry where the hand stands.
// What needs more than that (a ring that is full, an id as old as the round before the hand's) is left to RingInserter.
//
// Promises: nothing is allocated, enlarged or moved, so that threads may append at a time, each to rings of
// its own owners. An entry is there when the state word of its ring says so: whoever dies in the middle has
// written each entry whole or not at all.

import { CLASS_SHIFT, isOlderThanRound, LATE, NEXT_MASK, type RingStore } from './ring-store.ts'

/** Owners that are gone through step by step: what is noted of them stays in the nearest cache. */
const groupOwners = 512

export type Range = { readonly from: number; readonly to: number }
/** A tweet that was announced (TimelineRings). */
export type Delivery = { readonly id: number; readonly isNewest: boolean }

export class RingAppender {
  /** The owners that the last `append` has left over; the first `leftCount` hold. */
  left = new Uint32Array(0)
  leftCount = 0
  readonly #store: RingStore
  /** Of the group at hand: the table entries, the slots that are written next, the ids before those. */
  readonly #entries = new Uint32Array(groupOwners)
  readonly #targets = new Uint32Array(groupOwners)
  readonly #last = new Float64Array(groupOwners)

  constructor(store: RingStore) {
    this.#store = store
  }

  /**
   * Appends an id to the rings of `owners[from]` up to but not including `owners[to]`, each of them once.
   *
   * A group of owners is gone through step by step, so that many waits for main memory are under way at a
   * time, where a loop that does all of it for one owner after the other has few: 11 to 15 instead of 6 to 7
   * million deliveries a second on two busy cores. An id that is known to be the newest is written without a
   * look at what stands before it.
   *
   * @returns how many rings took it
   */
  append(owners: Uint32Array, { from, to }: Range, { id, isNewest }: Delivery): number {
    this.#store.refresh()
    this.leftCount = 0
    const end = Math.min(to, owners.length)
    if (this.left.length < end - from) this.left = new Uint32Array(end - from)
    let appended = 0
    for (let start = from; start < end; start += groupOwners) {
      const count = this.#locate(owners, start, Math.min(end, start + groupOwners))
      appended += isNewest ? this.#write(count, id) : this.#writeLooking(count, id)
    }
    return appended
  }

  /** Notes where the next entry of each ring with room goes. @returns how many those are */
  #locate(owners: Uint32Array, from: number, to: number): number {
    const { table, capacities } = this.#store
    const { words } = table
    const entries = this.#entries
    const targets = this.#targets
    const { left } = this
    let { leftCount } = this
    let count = 0
    for (let i = from; i < to; i++) {
      const owner = owners[i]!
      const entry = table.entryOf(owner)
      const base = words[entry]!
      if (base === 0) continue
      const state = words[entry + 1]!
      const next = state & NEXT_MASK
      if (next < capacities[state >>> CLASS_SHIFT]!) {
        entries[count] = entry
        targets[count++] = base + next
      } else {
        left[leftCount++] = owner
      }
    }
    this.leftCount = leftCount
    return count
  }

  /**
   * First all entries, then all states: what is written and not yet stated does not count.
   * @returns how many those are
   */
  #write(count: number, id: number): number {
    const { slab, table } = this.#store
    const { slots } = slab
    const { words } = table
    const entries = this.#entries
    const targets = this.#targets
    for (let place = 0; place < count; place++) slots[targets[place]!] = id
    for (let place = 0; place < count; place++) {
      const state = entries[place]! + 1
      words[state] = words[state]! + 1
    }
    return count
  }

  /**
   * The same with a look at the ids before: behind a newer one this one is late, which the state notes. What is as old
   * as the round before is left over, and where this one stands already.
   * @returns how many took it
   */
  #writeLooking(count: number, id: number): number {
    const { slab, table } = this.#store
    const { slots } = slab
    const { words } = table
    const targets = this.#targets
    const last = this.#last
    for (let place = 0; place < count; place++) last[place] = slots[targets[place]! - 1]!
    let written = 0
    for (let place = 0; place < count; place++) {
      const entry = this.#entries[place]!
      const target = targets[place]!
      const state = words[entry + 1]!
      const next = state & NEXT_MASK
      // In front of the first entry of a ring stands its owner's name.
      const before = next === 0 ? 0 : last[place]!
      const isLate = before > id
      if (before === id || (isLate && isOlderThanRound(this.#store, { entry, id }))) {
        this.left[this.leftCount++] = table.indexOf(entry)
        continue
      }
      slots[target] = id
      words[entry + 1] = (isLate ? state | LATE : state) + 1
      written++
    }
    return written
  }
}
