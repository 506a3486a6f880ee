// PairSet: which pairs (owner, id) there are: who favorited what, who follows whom.
//
//   slot      0       1       2       3
//   ids     [ .  |  tweet7 | tweet7 |  .  ]     8 bytes each, 0 where empty
//   owners  [    |    12   |   40   |     ]     4 bytes each
//
// The same table as `IdTable` (its header tells how it works), with the owner as half of the key
// instead of as the value. One flat set for all owners instead of a set per owner: most owners have
// few pairs, and a JavaScript Set of one number costs more than 200 bytes.
//
// Owned by whoever holds the state; a single thread. 18 to 36 bytes per pair. It doubles in one go
// and never shrinks.

import { entriesMaxOf, highOf, mix, strideOf } from './id-table.ts'

const slotsMin = 16
const slotsMax = 2 ** 30

/** A set of pairs of an owner (0 to 2^32 - 1) and an id (a safe integer from 1). */
export class PairSet {
  #ids = new Float64Array(slotsMin)
  #owners = new Uint32Array(slotsMin)
  #mask = slotsMin - 1
  /** 32 less the binary logarithm of the number of slots: leaves the top bits of a hash. */
  #shift = Math.clz32(slotsMin) + 1
  #size = 0
  #entriesMax = entriesMaxOf(slotsMin)

  /** Pairs held. */
  get size(): number {
    return this.#size
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#ids.byteLength + this.#owners.byteLength
  }

  /** Whether the pair is in the set. */
  has(owner: number, id: number): boolean {
    // An empty slot answers too, hence the second question: 0 is not an id.
    return this.#ids[this.#slotOf(owner, id)] === id && id !== 0
  }

  /**
   * Puts a pair in.
   * @returns whether it is new
   * @throws RangeError where owner or id cannot be one, or the set is at its limit (2^30 slots)
   */
  add(owner: number, id: number): boolean {
    if (!(owner >= 0 && id >= 1)) throw new RangeError(`no owner and id: ${owner}, ${id}`)
    let slot = this.#slotOf(owner, id)
    if (this.#ids[slot] !== 0) return false
    if (this.#size === this.#entriesMax) {
      this.#grow()
      slot = this.#slotOf(owner, id)
    }
    this.#ids[slot] = id
    this.#owners[slot] = owner
    this.#size++
    return true
  }

  /** @returns whether the pair was in the set */
  delete(owner: number, id: number): boolean {
    const ids = this.#ids
    const owners = this.#owners
    const mask = this.#mask
    let hole = this.#slotOf(owner, id)
    if (ids[hole] === 0) return false
    for (let slot = (hole + 1) & mask; ids[slot] !== 0; slot = (slot + 1) & mask) {
      // An entry moves up only where the hole is not in front of its home.
      const displacement = (slot - this.#homeOf(owners[slot]!, ids[slot]!)) & mask
      if (displacement < ((slot - hole) & mask)) continue
      ids[hole] = ids[slot]!
      owners[hole] = owners[slot]!
      hole = slot
    }
    ids[hole] = 0
    this.#size--
    return true
  }

  /** Visits every pair, in no useful order. `visit` must not change the set. */
  forEach(visit: (owner: number, id: number) => void): void {
    const stride = strideOf(this.#ids.length)
    let slot = 0
    for (let step = 0; step <= this.#mask; step++) {
      const id = this.#ids[slot]!
      if (id !== 0) visit(this.#owners[slot]!, id)
      slot = (slot + stride) & this.#mask
    }
  }

  /** Where the search for a pair begins. */
  #homeOf(owner: number, id: number): number {
    // The owner is spread on its own first: owners are dense, and so are the low bits of ids.
    return mix((id | 0) ^ Math.imul(owner, 0xc2b2ae3d), highOf(id) ^ (owner >>> 16)) >>> this.#shift
  }

  /** The slot of this pair, or the empty one that it would take. */
  #slotOf(owner: number, id: number): number {
    const ids = this.#ids
    let slot = this.#homeOf(owner, id)
    for (;;) {
      const found = ids[slot]!
      if (found === 0 || (found === id && this.#owners[slot] === owner)) return slot
      slot = (slot + 1) & this.#mask
    }
  }

  #grow(): void {
    const slots = this.#ids.length * 2
    if (slots > slotsMax) throw new RangeError(`a PairSet holds at most ${this.#entriesMax} pairs`)
    const ids = this.#ids
    const owners = this.#owners
    this.#ids = new Float64Array(slots)
    this.#owners = new Uint32Array(slots)
    this.#mask = slots - 1
    this.#shift--
    this.#entriesMax = entriesMaxOf(slots)
    for (let old = 0; old < ids.length; old++) {
      const id = ids[old]!
      if (id === 0) continue
      const slot = this.#slotOf(owners[old]!, id)
      this.#ids[slot] = id
      this.#owners[slot] = owners[old]!
    }
  }
}
