// RingReader: copies pages out of rings (ring-store.ts), also of one that another thread appends to meanwhile.
//
// A read is tried again if a change other than an append was under way, or if what it copied does not descend, which is
// how an entry just overwritten shows.

import { orderIds } from './ring-order.ts'
import { CLASS_SHIFT, type RingStore } from './ring-store.ts'

/** Attempts before a read gives up: a change by another thread takes far less than so many. */
const readAttemptsMax = 10_000

/** At most `limit` ids that are older than `before`. */
export type Page = { readonly before: number; readonly limit: number }

export class RingReader {
  readonly #store: RingStore

  constructor(store: RingStore) {
    this.#store = store
  }

  /** See `TimelineRings.readBefore`. */
  readBefore(owner: number, { before, limit }: Page, out: Float64Array): number {
    const { table, slab } = this.#store
    const wanted = Math.min(limit, out.length)
    for (let attempt = 0; attempt < readAttemptsMax; attempt++) {
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

function descends(ids: Float64Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (!(ids[i]! < ids[i - 1]!)) return false
  return count === 0 || ids[count - 1]! > 0
}
