// RingSettler: writes deliveries of many tweets to rings, sorted by owner, as the buffer gives them (delivery-buffer.ts).
//
// Like the appender (ring-appender.ts) it writes where the hand stands and leaves over what needs more than that. What is
// newer than anything that a ring of the block may hold is written without a look.
//
// Only on the thread that makes rings, whose reader it is as well; other threads may read meanwhile.

import type { DeliveryBuffer } from './delivery-buffer.ts'
import type { Range } from './ring-appender.ts'
import { CLASS_SHIFT, isOlderThanRound, LATE, NEXT_MASK, type RingStore } from './ring-store.ts'

export class RingSettler {
  /** What the last `settle` has left over; the first `leftCount` hold. */
  readonly leftOwners: Uint32Array
  readonly leftIds: Float64Array
  leftCount = 0
  readonly #store: RingStore
  readonly #buffer: DeliveryBuffer
  /** Of what is written at once: the id, the slot, the table entry. */
  readonly #ids: Float64Array
  readonly #targets: Uint32Array
  readonly #entries: Uint32Array
  /** What stands before the hand, so that many waits for it are under way at a time. */
  readonly #last: Float64Array

  constructor(store: RingStore, buffer: DeliveryBuffer) {
    this.#store = store
    this.#buffer = buffer
    const { length } = buffer.ids
    this.leftOwners = new Uint32Array(length)
    this.leftIds = new Float64Array(length)
    this.#ids = new Float64Array(length)
    this.#targets = new Uint32Array(length)
    this.#entries = new Uint32Array(length)
    this.#last = new Float64Array(length)
  }

  /** Writes the first `count` of what the buffer has taken; what is for the owners in `lent` is left over. */
  settle(count: number, lent: Range | undefined): void {
    this.#store.refresh()
    this.leftCount = 0
    if (lent !== undefined) count = this.#withoutLent(count, lent)
    if (this.#buffer.oldest <= this.#buffer.newestBefore) this.#writeLooking(count)
    this.#write(this.#locate(count))
  }

  /** Notes where those go that need no look. @returns how many of them there is room for */
  #locate(count: number): number {
    const { owners, ids, newestBefore } = this.#buffer
    const { table, capacities } = this.#store
    const { words } = table
    const [targets, entries, located] = [this.#targets, this.#entries, this.#ids]
    let found = 0
    let entryBefore = 0
    let next = 0
    let idBefore = 0
    for (let at = 0; at < count; at++) {
      const id = ids[at]!
      if (id <= newestBefore) continue
      const entry = table.entryOf(owners[at]!)
      const base = words[entry]!
      if (base === 0) continue
      const state = words[entry + 1]!
      const isTwin = entry === entryBefore && id === idBefore
      next = entry === entryBefore ? next + 1 : state & NEXT_MASK
      entryBefore = entry
      idBefore = id
      if (next < capacities[state >>> CLASS_SHIFT]! && !isTwin) {
        located[found] = id
        entries[found] = entry
        targets[found++] = base + next
      } else {
        this.#leave(owners[at]!, id)
        next--
      }
    }
    return found
  }

  /** First all entries, then all states: what is written and not yet stated does not count. */
  #write(count: number): void {
    const { slab, table } = this.#store
    const { slots } = slab
    const { words } = table
    const [targets, entries, ids] = [this.#targets, this.#entries, this.#ids]
    for (let at = 0; at < count; at++) slots[targets[at]!] = ids[at]!
    for (let at = 0; at < count; at++) {
      const state = entries[at]! + 1
      words[state] = words[state]! + 1
    }
  }

  /** Writes those that a ring may hold something newer than, or may hold already. */
  #writeLooking(count: number): void {
    const { owners, ids, newestBefore } = this.#buffer
    const { table, slab, capacities } = this.#store
    const { slots } = slab
    const { words } = table
    for (let at = 0; at < count; at++) {
      if (ids[at]! > newestBefore) continue
      const entry = table.entryOf(owners[at]!)
      this.#last[at] = slots[words[entry]! + (words[entry + 1]! & NEXT_MASK)]!
    }
    for (let at = 0; at < count; at++) {
      const id = ids[at]!
      if (id > newestBefore) continue
      const entry = table.entryOf(owners[at]!)
      const base = words[entry]!
      if (base === 0) continue
      const state = words[entry + 1]!
      const next = state & NEXT_MASK
      const before = next === 0 ? 0 : slots[base + next - 1]!
      const isLate = before > id
      const isFull = next === capacities[state >>> CLASS_SHIFT]!
      const isTwin = before === id
      if (isFull || isTwin || (isLate && isOlderThanRound(this.#store, { entry, id }))) {
        this.#leave(owners[at]!, id)
      } else {
        slots[base + next] = id
        words[entry + 1] = (isLate ? state | LATE : state) + 1
      }
    }
  }

  /** Moves what may be written to the front. @returns how many those are */
  #withoutLent(count: number, { from, to }: Range): number {
    const { owners, ids } = this.#buffer
    let kept = 0
    for (let at = 0; at < count; at++) {
      const owner = owners[at]!
      const id = ids[at]!
      if (owner >= from && owner < to) {
        this.#leave(owner, id)
      } else {
        owners[kept] = owner
        ids[kept++] = id
      }
    }
    return kept
  }

  #leave(owner: number, id: number): void {
    this.leftOwners[this.leftCount] = owner
    this.leftIds[this.leftCount++] = id
  }
}
