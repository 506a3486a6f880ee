// RingInserter: adds ids to rings where the appender (ring-appender.ts) could not: to full ones, to small ones that have
// to grow, and ids as old as the round before the hand's.
//
// Only on the thread that makes and enlarges rings.

import { CLASS_SHIFT, NEXT_MASK, type RingStore, WRAPPED } from './ring-store.ts'

export class RingInserter {
  readonly #store: RingStore

  constructor(store: RingStore) {
    this.#store = store
  }

  /** Adds an id to a ring in any state: see `TimelineRings.insert`. */
  insert(owner: number, id: number): boolean {
    this.#store.order(owner)
    if (this.#append(owner, id)) return true
    this.#store.slab.turnVersion()
    try {
      return this.#insertInOrder(owner, id)
    } finally {
      this.#store.slab.turnVersion()
    }
  }

  /**
   * Adds each of the ids to the ring of the owner at its place. The version turns once for all of them: it waits for
   * every write before it to reach memory, which for each ring would take longer than the rest.
   */
  insertMany(owners: Uint32Array, ids: Float64Array): void {
    this.#store.slab.turnVersion()
    try {
      for (const [at, id] of ids.entries()) this.#insertInOrder(owners[at]!, id)
    } finally {
      this.#store.slab.turnVersion()
    }
  }

  /** Puts an id behind the newest of a ring in order, and with room: no reader has to be kept from that. */
  #append(owner: number, id: number): boolean {
    const { table, slab, capacities } = this.#store
    const { words } = table
    const entry = table.entryOf(owner)
    const base = words[entry]!
    const state = words[entry + 1]!
    const next = state & NEXT_MASK
    if (base === 0 || next === capacities[state >>> CLASS_SHIFT]!) return false
    if (next > 0 && slab.slots[base + next - 1]! >= id) return false
    slab.slots[base + next] = id
    words[entry + 1] = state + 1
    return true
  }

  /** Shifts newer ids by one place, grows the ring, or lets the hand start its next round. */
  #insertInOrder(owner: number, id: number): boolean {
    const store = this.#store
    const { words } = store.table
    const entry = store.table.entryOf(owner)
    if (words[entry] === 0) return false
    store.orderEntry(entry)
    const rank = store.countBelow(words[entry]!, words[entry + 1]!, id)
    const count = store.countOf(words[entry + 1]!)
    const isFull = count === store.capacityMax
    if (isFull && rank === 0) return false
    if (rank < count && this.#idAt(entry, rank) === id) return false
    const sizeClass = words[entry + 1]! >>> CLASS_SHIFT
    if (!isFull && count === store.capacities[sizeClass]) store.grow(owner, entry)
    const base = words[entry]!
    const state = words[entry + 1]!
    const capacity = store.capacities[state >>> CLASS_SHIFT]!
    const { slots } = store.slab
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
    const { table, slab, capacities } = this.#store
    const state = table.words[entry + 1]!
    const capacity = capacities[state >>> CLASS_SHIFT]!
    const at = this.#store.oldestOf(state) + rank
    return slab.slots[table.words[entry]! + (at < capacity ? at : at - capacity)]!
  }
}
