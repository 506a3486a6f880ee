// Graphs for the benchmarks: who follows whom, seeded, so that every run sees the same people.
//
// Two kinds. In an *even* graph everybody follows, and is followed by, equally many, spread over all. In a
// *power law* graph few have millions of followers and most have a handful, as on a real network:
//
//     followers of rank r = scale * (r + shift) ^ -exponent      (Mandelbrot's form of Zipf's law)
//
// Its three unknowns are solved from published totals of the twitter-2010 crawl (Kwak, Lee, Park, Moon,
// "What is Twitter, a social network or a news media?", 2010): people, edges, the largest, and how many
// have more than 20. A smaller graph keeps the mean degree and all shares, so that a celebrity has the same
// part of everybody. No data is downloaded.

/** Integers from 0 to below a bound, and parts of one, the same in every run. */
export type Random = { below(bound: number): number; unit(): number }

/** xorshift32 (Marsaglia, 2003): cheap beside what is measured. */
export function randomFrom(seed: number): Random {
  let state = Math.imul(seed, 0x9e37_79b1) | 1
  const unit = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  return { unit, below: (bound) => Math.floor(unit() * bound) }
}

export const twitter2010 = {
  users: 41_652_230,
  edges: 1_468_365_182,
  followersMax: 2_997_469,
  followsMax: 770_155,
  usersWithOver20Followers: 6_750_000,
  usersWithOver20Follows: 9_030_000,
}

/** What a law has to meet: so many ranks in all share `total`, the first has `largest`. */
type Totals = {
  readonly ranks: number
  readonly total: number
  readonly largest: number
  readonly ranksOver20: number
}

/** Beyond, no network that anybody has published lies. */
const exponentMax = 3

/** Degrees by rank, from 1 for the most popular; and ranks drawn as often as their degree says. */
export class PowerLaw {
  readonly ranks: number
  readonly exponent: number
  readonly shift: number
  readonly #scale: number
  readonly #start: number
  readonly #span: number

  constructor(totals: Totals) {
    this.ranks = totals.ranks
    // A larger exponent needs a larger shift to meet the same two points, and gives a larger total. At
    // `low` the shift is 0.
    const low = Math.log(totals.largest / 20) / Math.log(totals.ranksOver20)
    this.exponent = bisect({ low, high: exponentMax }, (exponent) => {
      return totalOf(totals, exponent, shiftFor(totals, exponent)) < totals.total
    })
    this.shift = shiftFor(totals, this.exponent)
    this.#scale = totals.largest * (1 + this.shift) ** this.exponent
    const power = 1 - this.exponent
    this.#start = (0.5 + this.shift) ** power
    this.#span = (totals.ranks + 0.5 + this.shift) ** power - this.#start
  }

  /** The mean degree of a rank, in general not an integer. */
  degreeOf(rank: number): number {
    return this.#scale * (rank + this.shift) ** -this.exponent
  }

  /** A rank, 1 to `ranks`, drawn in proportion to its degree. */
  draw(random: Random): number {
    const at = this.#start + random.unit() * this.#span
    const rank = Math.round(at ** (1 / (1 - this.exponent)) - this.shift)
    return Math.min(this.ranks, Math.max(1, rank))
  }
}

/** The two laws of a graph with the shape of twitter-2010 and so many users. */
export function twitterLaws(users: number): { followers: PowerLaw; follows: PowerLaw } {
  const part = users / twitter2010.users
  const shared = { ranks: users, total: twitter2010.edges * part }
  return {
    followers: new PowerLaw({
      ...shared,
      largest: twitter2010.followersMax * part,
      ranksOver20: twitter2010.usersWithOver20Followers * part,
    }),
    follows: new PowerLaw({
      ...shared,
      largest: twitter2010.followsMax * part,
      ranksOver20: twitter2010.usersWithOver20Follows * part,
    }),
  }
}

/** The shift with which a law that starts at `largest` falls to 20 at `ranksOver20`. */
function shiftFor({ largest, ranksOver20 }: Totals, exponent: number): number {
  const ratio = (largest / 20) ** (1 / exponent)
  return Math.max(0, (ranksOver20 - ratio) / (ratio - 1))
}

function totalOf({ ranks, largest }: Totals, exponent: number, shift: number): number {
  const power = 1 - exponent
  const scale = largest * (1 + shift) ** exponent
  return (scale / power) * ((ranks + 0.5 + shift) ** power - (0.5 + shift) ** power)
}

/** Where a condition that holds at `low` and not at `high` ends to hold. */
function bisect(
  { low, high }: { low: number; high: number },
  holds: (value: number) => boolean,
): number {
  let [from, to] = [low, high]
  for (let step = 0; step < 60; step++) {
    const middle = (from + to) / 2
    if (holds(middle)) from = middle
    else to = middle
  }
  return (from + to) / 2
}

/**
 * A shuffle of 0 to `size` - 1 that takes no memory, and its inverse: rounds of multiplying and folding
 * over a power of two, repeated while the result is outside (cycle walking: Black and Rogaway, 2002).
 */
export class Shuffle {
  readonly #size: number
  readonly #mask: number
  readonly #fold: number
  readonly #factor: number
  readonly #inverse: number
  readonly #addend: number

  constructor(size: number, seed: number) {
    const bits = Math.max(2, Math.ceil(Math.log2(size)))
    const random = randomFrom(seed)
    for (let step = 0; step < 8; step++) random.unit()
    this.#size = size
    this.#mask = 2 ** bits - 1
    this.#fold = Math.ceil(bits / 2)
    // Odd, with high and low bits set, so that each round moves all bits.
    this.#factor = (random.below(2 ** bits) | 5) & this.#mask
    this.#inverse = inverseOf(this.#factor)
    this.#addend = random.below(2 ** bits)
  }

  /** The place of `index`. */
  to(index: number): number {
    const mask = this.#mask
    let value = index
    do {
      for (let round = 0; round < 3; round++) {
        value = (Math.imul(value, this.#factor) + this.#addend) & mask
        value ^= value >>> this.#fold
      }
    } while (value >= this.#size)
    return value
  }

  /** Whose place `place` is. */
  from(place: number): number {
    const mask = this.#mask
    let value = place
    do {
      for (let round = 0; round < 3; round++) {
        // Folding by half of the bits or more undoes itself.
        value ^= value >>> this.#fold
        value = Math.imul(value - this.#addend, this.#inverse) & mask
      }
    } while (value >= this.#size)
    return value
  }
}

/** The inverse of an odd number modulo 2^32, by Newton's method: each step doubles the right bits. */
function inverseOf(odd: number): number {
  let inverse = odd
  for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse))
  return inverse
}
