// The people of a run: who follows whom, who posts how much, what they are called. Pure: the bytes
// of a file come in as chunks, chance as a seeded stream.

import { createHash } from 'node:crypto'
import type { Random } from '../std/random.ts'

/** A graph over dense indexes: node `i` is called `labels[i]`, edge `e` is `from[e]` -> `to[e]`. */
export type Graph = {
  readonly labels: readonly number[]
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/** Nodes of a graph: two indexes of 26 bits make one safe integer. */
export const nodesMax = 2 ** 26

/** Thrown for a line that is not an edge. */
export class GraphError extends Error {
  override readonly name = 'GraphError'
}

/**
 * Reads an edge list: a line `a b` for each edge, two whole numbers between white space or a comma;
 * what follows them (a weight) is not looked at. Lines that start with `#` or `%` are comments.
 * The bytes are read as they come, so that a file may be larger than memory; the edges are kept in
 * 8 bytes each. Throws GraphError with the number of the line.
 *
 * @param options.isDirected a line means that a follows b; otherwise each follows the other
 * @returns the graph without loops and without repeated edges, sorted; nodes in the order in which
 * they first appear
 */
export async function readGraph(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { readonly isDirected: boolean },
): Promise<Graph> {
  const indexes = new Map<number, number>()
  const keys = new KeyList()
  const indexOf = (label: number): number => {
    const known = indexes.get(label)
    if (known !== undefined) return known
    if (indexes.size === nodesMax) throw new GraphError(`more than ${nodesMax} nodes`)
    indexes.set(label, indexes.size)
    return indexes.size - 1
  }
  const lines = new EdgeLines((from, to) => {
    const fromIndex = indexOf(from)
    const toIndex = indexOf(to)
    if (fromIndex === toIndex) return
    keys.add(fromIndex * nodesMax + toIndex)
    if (!options.isDirected) keys.add(toIndex * nodesMax + fromIndex)
  })
  for await (const chunk of chunks) lines.read(chunk)
  lines.end()
  return { labels: [...indexes.keys()], ...edgesOf(keys.sortedUnique()) }
}

/** A graph in which each of `nodes` users follows `followsEach` others, chosen at random. */
export function randomGraph(
  random: Random,
  size: { readonly nodes: number; readonly followsEach: number },
): Graph {
  const followsEach = Math.min(size.followsEach, size.nodes - 1)
  const keys: number[] = []
  for (let node = 0; node < size.nodes; node++) {
    const chosen = new Set<number>()
    while (chosen.size < followsEach) {
      const other = random.below(size.nodes)
      if (other !== node) chosen.add(other)
    }
    for (const other of chosen) keys.push(node * nodesMax + other)
  }
  const labels = Array.from({ length: size.nodes }, (_, index) => index)
  return { labels, ...edgesOf(Float64Array.from(keys)) }
}

function edgesOf(keys: Float64Array): { from: Uint32Array; to: Uint32Array } {
  return {
    from: Uint32Array.from(keys, (key) => Math.floor(key / nodesMax)),
    to: Uint32Array.from(keys, (key) => key % nodesMax),
  }
}

/** Numbers in a typed array that grows by doubling: 8 bytes each, however many. */
class KeyList {
  #keys = new Float64Array(1024)
  #length = 0

  add(key: number): void {
    if (this.#length === this.#keys.length) {
      const larger = new Float64Array(this.#length * 2)
      larger.set(this.#keys)
      this.#keys = larger
    }
    this.#keys[this.#length++] = key
  }

  sortedUnique(): Float64Array {
    const sorted = this.#keys.subarray(0, this.#length).sort()
    return sorted.filter((key, index) => index === 0 || key !== sorted[index - 1])
  }
}

/** Cuts bytes into lines and lines into two numbers, without making a string of any of them. */
export class EdgeLines {
  readonly #onEdge: (from: number, to: number) => void
  readonly #numbers = [0, 0, 0]
  #line = 1
  #found = 0
  #isInNumber = false
  #isComment = false

  constructor(onEdge: (from: number, to: number) => void) {
    this.#onEdge = onEdge
  }

  read(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length; offset++) this.#byte(chunk[offset]!)
  }

  /** The last line need not end in a line feed. */
  end(): void {
    this.#endLine()
  }

  #byte(byte: number): void {
    if (byte === 0x0a) this.#endLine()
    else if (this.#isComment || this.#found === 2) return
    else if (byte >= 0x30 && byte <= 0x39) this.#digit(byte - 0x30)
    else if (byte === 0x20 || byte === 0x09 || byte === 0x2c || byte === 0x0d) this.#endNumber()
    else if (this.#found === 0 && !this.#isInNumber && (byte === 0x23 || byte === 0x25)) {
      this.#isComment = true
    } else this.#refuse(`holds '${String.fromCharCode(byte)}'`)
  }

  #digit(digit: number): void {
    const number = this.#numbers[this.#found]! * 10 + digit
    if (!Number.isSafeInteger(number)) this.#refuse('holds too large a number')
    this.#numbers[this.#found] = number
    this.#isInNumber = true
  }

  #endNumber(): void {
    if (this.#isInNumber) this.#found++
    this.#isInNumber = false
  }

  #endLine(): void {
    this.#endNumber()
    if (this.#found === 2) this.#onEdge(this.#numbers[0]!, this.#numbers[1]!)
    else if (this.#found === 1) this.#refuse('holds one number only')
    this.#numbers.fill(0)
    this.#found = 0
    this.#isComment = false
    this.#line++
  }

  #refuse(problem: string): never {
    throw new GraphError(`line ${this.#line} ${problem}, where an edge is two whole numbers`)
  }
}

/**
 * Zipf's law: the author of rank r is chosen with a weight of 1 / r^exponent. Which author has which
 * rank is decided by the seed, so that the busiest need not be the first in the file.
 */
export class Zipf {
  readonly #random: Random
  readonly #ranked: number[]
  /** `#sums[r]` is the weight of ranks 0 to r. */
  readonly #sums: Float64Array

  constructor(random: Random, size: { readonly count: number; readonly exponent: number }) {
    this.#random = random
    this.#ranked = random.shuffle(Array.from({ length: size.count }, (_, index) => index))
    this.#sums = new Float64Array(size.count)
    let sum = 0
    for (let rank = 0; rank < size.count; rank++) {
      sum += 1 / (rank + 1) ** size.exponent
      this.#sums[rank] = sum
    }
  }

  /** An index from 0 to `count` - 1. */
  next(): number {
    const wanted = this.#random.fraction() * this.#sums[this.#sums.length - 1]!
    let low = 0
    let high = this.#sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sums[middle]! > wanted) high = middle
      else low = middle + 1
    }
    return this.#ranked[low]!
  }
}

/** What a user signs up with. The password follows from the seed and is as good as the seed. */
export function personOf(
  label: number,
  run: { readonly seed: string; readonly prefix: string },
): { handle: string; name: string; password: string } {
  const handle = `${run.prefix}${label}`
  const secret = createHash('sha256').update(`${run.seed} ${handle}`).digest('base64url')
  return { handle, name: `${givenNames[label % givenNames.length]!} ${label}`, password: secret }
}

/** Words for names, in several scripts: none of them is anybody. */
const givenNames = [
  'Heron',
  'Étourneau',
  'Ласточка',
  'Πελαργός',
  'لقلق',
  'つばめ',
  '참새',
  'Zaunkönig',
]
