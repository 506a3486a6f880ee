// Chance that can be repeated: the same seed gives the same users, texts, authors and favorites.
//
// xoshiro128** by Blackman and Vigna (prng.di.unimi.it, "Scrambled Linear Pseudorandom Number
// Generators", 2021), its four words filled from the seed by SplitMix32. Fast, and good enough for
// everything but secrets.

/** A stream of pseudo-random numbers. */
export class Random {
  readonly #state = new Uint32Array(4)

  /** @param seed any text or number; a number counts as its decimal text */
  constructor(seed: string | number) {
    let word = hashOf(String(seed))
    for (let index = 0; index < 4; index++) {
      word = (word + 0x9e3779b9) >>> 0
      this.#state[index] = mixed(word)
    }
  }

  /** A whole number from 0 to 2^32 - 1. */
  word(): number {
    const s = this.#state
    const s1 = s[1]!
    const result = Math.imul(rotated(Math.imul(s1, 5), 7), 9) >>> 0
    s[2]! ^= s[0]!
    s[3]! ^= s1
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= s1 << 9
    s[3] = rotated(s[3]!, 11)
    return result
  }

  /** At least 0, below 1. */
  fraction(): number {
    return this.word() / 0x1_0000_0000
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.fraction() * count)
  }

  /** True in `share` of the cases. */
  chance(share: number): boolean {
    return this.fraction() < share
  }

  /** One of a list that is not empty. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.below(items.length)] as T
  }

  /** Puts the items into a random order, in place (Fisher and Yates). */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const moved = items[last] as T
      items[last] = items[other] as T
      items[other] = moved
    }
    return items
  }
}

/** FNV-1a over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** The finalizer of SplitMix32. */
function mixed(word: number): number {
  let value = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
