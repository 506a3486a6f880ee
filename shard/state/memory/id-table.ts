// IdTable: from an id to a small number (a dense index, a reference), without an object per entry.
//
//   slot      0     1     2     3     4     5     6     7
//   id      [ .  |  A  |  B  |  C  |  .  |  .  |  D  |  . ]     8 bytes, 0 where empty
//   value   [    | 17  |  4  | 90  |     |     |  2  |    ]     4 bytes, and 4 that are not used: a slot is 16 bytes
//                  ^ home of A and of B: B found its place taken and sits one further
//
// Like a row of numbered coat hooks: everybody starts at the hook that the hash names and takes the
// first free one from there. Whoever leaves lets those behind move up, so that no gap and no
// gravestone ever makes a search longer than the entries themselves do (linear probing with
// backward-shift deletion: Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R).
//
// When it is full, a table of twice the size is begun. What comes new goes there, and with each of those some of the
// entries of the old one move over, so that nobody waits for all of them. An entry is in one of the two.
//
//   old   [ .  .  .  .  .  . |E  F  .  G ]      moved up to here, a whole run of taken slots at a time
//   new   [ A  .  .  B  C  .  .  .  D  .  .  .  .  .  N  .  .  .  .  . ]
//
// Id and value lie side by side, so that one line of memory answers: arrays of their own would take a quarter less, and
// a second wait for main memory each time.
//
// Owned by whoever holds the state; a single thread. 24 to 48 bytes per entry, half as much again while it grows.
// It never shrinks.

import { fetched } from './fetching.ts'

/** What every lookup of the state answers where there is nothing. */
export const absent = -1

const slotsMin = 16
const slotsMax = 2 ** 30
/** Slots of the old table that move with each new entry: it is empty long before the new one is full. */
const slotsPerMove = 64

/**
 * Spreads the two 32-bit halves of an id over 32 bits. The low 12 bits of an id (partition and
 * sequence) take few values and those of the time run on evenly, so every bit of the input has to
 * reach the top bits of the output, which name the slot. (The multipliers and shifts are those of
 * the finalizer of MurmurHash3 by Austin Appleby, in the public domain.)
 */
export function mix(low: number, high: number): number {
  let hash = low ^ Math.imul(high, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
}

/** The upper half of an id: bits 32 to 52. (The lower half is `id | 0`.) */
export function highOf(id: number): number {
  return (id * 2 ** -32) | 0
}

/** How many entries a table of `slots` slots takes before it doubles: two thirds of them. */
export function entriesMaxOf(slots: number): number {
  return Math.floor((slots * 2) / 3)
}

/**
 * How far apart a walk over a table of `slots` slots (a power of two) takes them: an odd number, so
 * that each is met once, near the golden section of the table. A walk from left to right would
 * visit the entries in the order of their hashes, and filling another table in that order piles
 * all of them up in its first part: quadratic time.
 */
export function strideOf(slots: number): number {
  return Math.floor(slots * 0.6180339887498949) | 1
}

/** A map from ids (safe integers from 1) to values (0 to 2^32 - 1). */
export class IdTable {
  #slots = new IdSlots(slotsMin)
  /** While the table grows: what has not moved yet. */
  #old: IdSlots | undefined
  #size = 0
  #entriesMax = entriesMaxOf(slotsMin)

  /** Entries held. */
  get size(): number {
    return this.#size
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#slots.bytes + (this.#old?.bytes ?? 0)
  }

  /** @returns the value of this id, or -1 (`absent`) */
  get(id: number): number {
    const value = this.#slots.get(id)
    return value === absent && this.#old !== undefined ? this.#old.get(id) : value
  }

  /**
   * The values of the first `count` ids, into the start of `values`; -1 (`absent`) where there is none.
   * Fetches ahead: quicker than one by one.
   */
  getMany(ids: Float64Array, count: number, values: Int32Array): void {
    this.prefetch(ids, count)
    for (let place = 0; place < count; place++) values[place] = this.get(ids[place]!)
  }

  /** Fetches ahead what is to be known of the first `count` ids, for who then goes through them one by one. */
  prefetch(ids: Float64Array, count: number): void {
    let sum = 0
    for (let place = 0; place < count; place++) sum += this.#slots.touch(ids[place]!)
    const old = this.#old
    if (old !== undefined) for (let place = 0; place < count; place++) sum += old.touch(ids[place]!)
    fetched.sum = sum
  }

  /**
   * Enters or replaces the value of an id.
   * @throws RangeError where `id` cannot be one, or the table is at its limit (2^30 slots)
   */
  set(id: number, value: number): void {
    if (!(id >= 1)) throw new RangeError(`not an id: ${id}`)
    if (this.#slots.replace(id, value) || this.#old?.replace(id, value) === true) return
    if (this.#size === this.#entriesMax) this.#grow()
    this.#slots.add(id, value)
    this.#size++
    if (this.#old?.moveTo(this.#slots, slotsPerMove) === true) this.#old = undefined
  }

  /** @returns whether the id had a value */
  delete(id: number): boolean {
    const isGone = this.#slots.delete(id) || this.#old?.delete(id) === true
    if (isGone) this.#size--
    return isGone
  }

  /**
   * Visits every entry, in no useful order (see `strideOf`). `visit` may replace the value of an id
   * that is there, and must neither enter nor delete one.
   */
  forEach(visit: (id: number, value: number) => void): void {
    const slots = this.#slots.walk()
    const old = this.#old?.walk()
    // Side by side: the new table has the lower hashes by now, the old one the higher ones.
    for (let step = 0; step < this.#slots.count; step++) {
      slots(visit)
      if (step % 2 === 0) old?.(visit)
    }
  }

  #grow(): void {
    const slots = this.#slots.count * 2
    if (slots > slotsMax) throw new RangeError(`an IdTable holds at most ${this.#entriesMax} ids`)
    // The one before is empty by now: two thirds of its slots have been taken since, and each time many have moved.
    this.#old = this.#slots
    this.#slots = new IdSlots(slots)
    this.#entriesMax = entriesMaxOf(slots)
  }
}

/** A table of a fixed size. Whoever adds to it sees to it that there is room. */
class IdSlots {
  /** How many slots there are: a power of two. */
  readonly count: number
  /** Two a slot: the first is its id. */
  readonly #ids: Float64Array
  /** The same memory, four a slot: the third is its value. */
  readonly #values: Uint32Array
  readonly #mask: number
  /** 32 less the binary logarithm of the number of slots: leaves the top bits of a hash. */
  readonly #shift: number
  /** Slots before this one have moved to another table. */
  #moved = 0

  constructor(count: number) {
    this.count = count
    this.#ids = new Float64Array(count * 2)
    this.#values = new Uint32Array(this.#ids.buffer)
    this.#mask = count - 1
    this.#shift = Math.clz32(count) + 1
  }

  get bytes(): number {
    return this.#ids.byteLength
  }

  /** @returns the value of this id, or -1 (`absent`) */
  get(id: number): number {
    const ids = this.#ids
    let slot = this.#homeOf(id)
    for (;;) {
      const found = ids[slot * 2]!
      // The empty slot is asked for first: 0 is not an id and must not be found in one.
      if (found === 0) return absent
      if (found === id) return this.#values[slot * 4 + 2]!
      slot = (slot + 1) & this.#mask
    }
  }

  /** Fetches ahead what `get` will read. @returns a number that means nothing */
  touch(id: number): number {
    return this.#ids[this.#homeOf(id) * 2]!
  }

  /** @returns whether the id is here, and has this value now */
  replace(id: number, value: number): boolean {
    const slot = this.#slotOf(id)
    if (this.#ids[slot * 2] !== id) return false
    this.#values[slot * 4 + 2] = value
    return true
  }

  /** Enters an id that is not here. */
  add(id: number, value: number): void {
    this.#fill(this.#slotOf(id), id, value)
  }

  /** @returns whether the id was here */
  delete(id: number): boolean {
    const ids = this.#ids
    const mask = this.#mask
    let hole = this.#slotOf(id)
    if (ids[hole * 2] === 0) return false
    for (let slot = (hole + 1) & mask; ids[slot * 2] !== 0; slot = (slot + 1) & mask) {
      // An entry moves up only where the hole is not in front of its home.
      const displacement = (slot - this.#homeOf(ids[slot * 2]!)) & mask
      if (displacement < ((slot - hole) & mask)) continue
      this.#fill(hole, ids[slot * 2]!, this.#values[slot * 4 + 2]!)
      hole = slot
    }
    ids[hole * 2] = 0
    return true
  }

  /** @returns what goes to the next slot, and visits what is in it: `count` times for all */
  walk(): (visit: (id: number, value: number) => void) => void {
    const stride = strideOf(this.count)
    let slot = 0
    return (visit) => {
      const id = this.#ids[slot * 2]!
      if (id !== 0) visit(id, this.#values[slot * 4 + 2]!)
      slot = (slot + stride) & this.#mask
    }
  }

  /**
   * Moves the entries of the next `slotsMin` slots to another table, and of those behind them up to an empty one: so
   * a search for what is still here meets no gap. From left to right: entries keep the order of their hashes, so both
   * tables are walked through from front to back, which memory likes best.
   * @returns whether nothing is left here
   */
  moveTo(target: IdSlots, slotsMin: number): boolean {
    const ids = this.#ids
    const end = this.#moved + slotsMin
    let slot = this.#moved
    for (; slot < this.count; slot++) {
      const id = ids[slot * 2]!
      if (id !== 0) {
        target.add(id, this.#values[slot * 4 + 2]!)
        ids[slot * 2] = 0
      } else if (slot >= end) break
    }
    this.#moved = slot
    return slot === this.count
  }

  #fill(slot: number, id: number, value: number): void {
    this.#ids[slot * 2] = id
    this.#values[slot * 4 + 2] = value
  }

  /** Where the search for an id begins. */
  #homeOf(id: number): number {
    return mix(id | 0, highOf(id)) >>> this.#shift
  }

  /** The slot of this id, or the empty one that it would take. */
  #slotOf(id: number): number {
    const ids = this.#ids
    let slot = this.#homeOf(id)
    while (ids[slot * 2] !== id && ids[slot * 2] !== 0) slot = (slot + 1) & this.#mask
    return slot
  }
}
