// RingAppender: the delivery of one tweet to many rings, as far as it is nothing but an entry behind the newest.
// What needs more than that (a ring that is full, an id that is not the newest) is left to RingStore.
//
// Promises: nothing is allocated, enlarged or moved, so that threads may append at a time, each to rings of
// its own owners. An entry is there when the state word of its ring says so: whoever dies in the middle has
// written each entry whole or not at all.

import { CLASS_SHIFT, NEXT_MASK, type RingStore } from './ring-store.ts'

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
  /** Of the group at hand: the table entries, the slots that are written next, the newest ids. */
  readonly #entries = new Uint32Array(groupOwners)
  readonly #targets = new Uint32Array(groupOwners)
  readonly #newest = new Float64Array(groupOwners)

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
      let count = this.#locate(owners, start, Math.min(end, start + groupOwners))
      if (!isNewest) count = this.#leaveNewer(count, id)
      this.#write(count, id)
      appended += count
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

  /** Keeps those of the group whose newest id is older. @returns how many those are */
  #leaveNewer(count: number, id: number): number {
    const { slab, table } = this.#store
    const { slots } = slab
    const entries = this.#entries
    const targets = this.#targets
    const newest = this.#newest
    for (let place = 0; place < count; place++) newest[place] = slots[targets[place]! - 1]!
    let kept = 0
    for (let place = 0; place < count; place++) {
      const entry = entries[place]!
      const target = targets[place]!
      // In front of the first entry of a ring stands its owner's name.
      const isEmpty = (table.words[entry + 1]! & NEXT_MASK) === 0
      if (!isEmpty && newest[place]! < id) {
        entries[kept] = entry
        targets[kept++] = target
      } else {
        this.left[this.leftCount++] = table.indexOf(entry)
      }
    }
    return kept
  }

  /** First all entries, then all states: what is written and not yet stated does not count. */
  #write(count: number, id: number): void {
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
  }
}
