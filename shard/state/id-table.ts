// IdTable: from an id to a small number (a dense index, a reference), without an object per entry.
//
//   slot      0     1     2     3     4     5     6     7
//   ids     [ .  |  A  |  B  |  C  |  .  |  .  |  D  |  . ]     8 bytes each, 0 where empty
//   values  [    | 17  |  4  | 90  |     |     |  2  |    ]     4 bytes each
//                  ^ home of A and of B: B found its place taken and sits one further
//
// Like a row of numbered coat hooks: everybody starts at the hook that the hash names and takes the
// first free one from there. Whoever leaves lets those behind move up, so that no gap and no
// gravestone ever makes a search longer than the entries themselves do (linear probing with
// backward-shift deletion: Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R).
//
// Owned by whoever holds the state; a single thread. 18 to 36 bytes per entry. It never shrinks, and
// doubles in one go: a pause of 30 to 70 ms at 700,000 entries on a small virtual machine.

import { fetched } from './fetching.ts'

/** What every lookup of the state answers where there is nothing. */
export const absent = -1

const slotsMin = 16
const slotsMax = 2 ** 30

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
  #ids = new Float64Array(slotsMin)
  #values = new Uint32Array(slotsMin)
  #mask = slotsMin - 1
  /** 32 less the binary logarithm of the number of slots: leaves the top bits of a hash. */
  #shift = Math.clz32(slotsMin) + 1
  #size = 0
  #entriesMax = entriesMaxOf(slotsMin)

  /** Entries held. */
  get size(): number {
    return this.#size
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#ids.byteLength + this.#values.byteLength
  }

  /** @returns the value of this id, or -1 (`absent`) */
  get(id: number): number {
    const ids = this.#ids
    let slot = this.#homeOf(id)
    for (;;) {
      const found = ids[slot]!
      // The empty slot is asked for first: 0 is not an id and must not be found in one.
      if (found === 0) return absent
      if (found === id) return this.#values[slot]!
      slot = (slot + 1) & this.#mask
    }
  }

  /**
   * The values of the first `count` ids, into the start of `values`; -1 (`absent`) where there is none.
   * Fetches ahead: quicker than one by one.
   */
  getMany(ids: Float64Array, count: number, values: Int32Array): void {
    let sum = 0
    for (let place = 0; place < count; place++) {
      const slot = this.#homeOf(ids[place]!)
      sum += this.#ids[slot]! + this.#values[slot]!
    }
    fetched.sum = sum
    for (let place = 0; place < count; place++) values[place] = this.get(ids[place]!)
  }

  /**
   * Enters or replaces the value of an id.
   * @throws RangeError where `id` cannot be one, or the table is at its limit (2^30 slots)
   */
  set(id: number, value: number): void {
    if (!(id >= 1)) throw new RangeError(`not an id: ${id}`)
    let slot = this.#slotOf(id)
    if (this.#ids[slot] !== id) {
      if (this.#size === this.#entriesMax) {
        this.#grow()
        slot = this.#slotOf(id)
      }
      this.#ids[slot] = id
      this.#size++
    }
    this.#values[slot] = value
  }

  /** @returns whether the id had a value */
  delete(id: number): boolean {
    const ids = this.#ids
    const values = this.#values
    const mask = this.#mask
    let hole = this.#slotOf(id)
    if (ids[hole] === 0) return false
    for (let slot = (hole + 1) & mask; ids[slot] !== 0; slot = (slot + 1) & mask) {
      // An entry moves up only where the hole is not in front of its home.
      const displacement = (slot - this.#homeOf(ids[slot]!)) & mask
      if (displacement < ((slot - hole) & mask)) continue
      ids[hole] = ids[slot]!
      values[hole] = values[slot]!
      hole = slot
    }
    ids[hole] = 0
    this.#size--
    return true
  }

  /**
   * Visits every entry, in no useful order (see `strideOf`). `visit` may replace the value of an id
   * that is there, and must neither enter nor delete one.
   */
  forEach(visit: (id: number, value: number) => void): void {
    const stride = strideOf(this.#ids.length)
    let slot = 0
    for (let step = 0; step <= this.#mask; step++) {
      const id = this.#ids[slot]!
      if (id !== 0) visit(id, this.#values[slot]!)
      slot = (slot + stride) & this.#mask
    }
  }

  /** Where the search for an id begins. */
  #homeOf(id: number): number {
    return mix(id | 0, highOf(id)) >>> this.#shift
  }

  /** The slot of this id, or the empty one that it would take. */
  #slotOf(id: number): number {
    const ids = this.#ids
    let slot = this.#homeOf(id)
    while (ids[slot] !== id && ids[slot] !== 0) slot = (slot + 1) & this.#mask
    return slot
  }

  #grow(): void {
    const slots = this.#ids.length * 2
    if (slots > slotsMax) throw new RangeError(`an IdTable holds at most ${this.#entriesMax} ids`)
    const ids = this.#ids
    const values = this.#values
    this.#ids = new Float64Array(slots)
    this.#values = new Uint32Array(slots)
    this.#mask = slots - 1
    this.#shift--
    this.#entriesMax = entriesMaxOf(slots)
    // From left to right: entries keep the order of their hashes, so both tables are walked through
    // once from front to back, which memory likes best.
    for (let old = 0; old < ids.length; old++) {
      const id = ids[old]!
      if (id === 0) continue
      const slot = this.#slotOf(id)
      this.#ids[slot] = id
      this.#values[slot] = values[old]!
    }
  }
}
