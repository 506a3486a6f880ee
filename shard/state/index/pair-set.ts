// A set of pairs of numbers, kept as 32 bits of each: so it takes 8 to 16 bytes a pair, and says of about one
// in eight thousand that it is there already when it is not, when half a million are.

const entriesMin = 256

export class PairSet {
  readonly #pairsMax: number
  #entries = new Uint32Array(entriesMin)
  #count = 0

  constructor(pairsMax: number) {
    this.#pairsMax = pairsMax
  }

  /** @returns whether the pair was not there, and is now: never when the set is full */
  add(one: number, other: number): boolean {
    if (this.#count === this.#pairsMax) return false
    let hash = Math.imul(one ^ 0x5bd1e995, 0x9e3779b1) ^ other
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    const value = (hash ^ (hash >>> 13)) >>> 0 || 1
    if (!this.#insert(value)) return false
    if (++this.#count * 2 > this.#entries.length) this.#grow()
    return true
  }

  #insert(value: number): boolean {
    const mask = this.#entries.length - 1
    let place = value & mask
    while (this.#entries[place] !== 0) {
      if (this.#entries[place] === value) return false
      place = (place + 1) & mask
    }
    this.#entries[place] = value
    return true
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Uint32Array(old.length * 2)
    for (const value of old) if (value !== 0) this.#insert(value)
  }
}
