// A segment: up to 65,536 tweets of the index, numbered in the order in which they came.
//
// Tweets come nearly in the order of their ids, as many logs are read side by side. What is asked for is the
// exact order, so of each block of 256 the segment knows the smallest id, and the largest one up to its
// end: a search that goes back through the documents knows what can still come.

import type { PostingCursor } from './postings.ts'
import { Postings } from './postings.ts'

export const segmentTweetsMax = 65_536
const blockShift = 8
const blocks = segmentTweetsMax >>> blockShift
const idsMin = 256

/** What a search may still do: each document looked at takes one off. */
export type Steps = { left: number }

export class Segment {
  #ids = new Float64Array(idsMin)
  /** Of each block the smallest id in it, and the largest id in it and all blocks before it. */
  readonly #smallest = new Float64Array(blocks)
  readonly #largestUpTo = new Float64Array(blocks)
  readonly #postings: Postings
  #count = 0

  /** @param like a full one, where there is one: this one is made ready to become as large */
  constructor(like?: Segment) {
    this.#postings = like === undefined ? new Postings() : new Postings(like.#postings)
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count === segmentTweetsMax
  }

  get largestId(): number {
    return this.#count === 0 ? 0 : this.#largestUpTo[(this.#count - 1) >> blockShift]!
  }

  get bytes(): number {
    return this.#ids.byteLength + 16 * blocks + this.#postings.bytes
  }

  /** The id of a document; 0 for one that was removed. */
  idOf(document: number): number {
    return this.#ids[document]!
  }

  /** Adds a tweet with its terms: they are kept as fingerprints. */
  add(id: number, terms: readonly number[]): void {
    if (this.#count === this.#ids.length) this.#grow()
    const document = this.#count++
    const block = document >>> blockShift
    this.#ids[document] = id
    const isFirst = (document & 0xff) === 0
    if (isFirst || id < this.#smallest[block]!) this.#smallest[block] = id
    const before = isFirst ? (this.#largestUpTo[block - 1] ?? 0) : this.#largestUpTo[block]!
    this.#largestUpTo[block] = Math.max(before, id)
    for (const term of terms) this.#postings.append(term, document)
    if (this.isFull) this.#postings.seal()
  }

  #grow(): void {
    const larger = new Float64Array(this.#ids.length * 4)
    larger.set(this.#ids)
    this.#ids = larger
  }

  /** Takes a tweet out. @returns whether it was here */
  remove(id: number): boolean {
    for (let block = (this.#count - 1) >> blockShift; block >= 0; block--) {
      if (this.#smallest[block]! > id) continue
      if (this.#largestUpTo[block]! < id) return false
      const start = block << blockShift
      const found = this.#ids.subarray(start, start + 256).indexOf(id)
      if (found < 0) continue
      this.#ids[start + found] = 0
      return true
    }
    return false
  }

  /** The newest document that may have an id below this one; -1 where there is none. */
  newestBefore(before: number): number {
    for (let block = (this.#count - 1) >> blockShift; block >= 0; block--) {
      if (this.#smallest[block]! < before)
        return Math.min(this.#count - 1, (block << blockShift) | 0xff)
    }
    return -1
  }

  /** No document up to this one has a larger id. */
  largestUpTo(document: number): number {
    return document < 0 ? 0 : this.#largestUpTo[document >>> blockShift]!
  }

  /** The largest id up to this document and no further: looks at the part of its block. */
  largestExactlyUpTo(document: number): number {
    if (document < 0) return 0
    const start = document & ~0xff
    let largest = this.largestUpTo(start - 1)
    for (let at = start; at <= document; at++) largest = Math.max(largest, this.#ids[at]!)
    return largest
  }

  /** The documents that have all of the terms. */
  matches(terms: readonly number[]): Matches {
    return new Matches(terms.map((term) => this.#postings.cursor(term)))
  }
}

/** Documents with all of some terms, newest first: cursors that leap over each other, the rarest first. */
export class Matches {
  readonly #cursors: readonly PostingCursor[]

  constructor(cursors: readonly PostingCursor[]) {
    this.#cursors = [...cursors].sort((left, right) => left.count - right.count)
  }

  get isEmpty(): boolean {
    return this.#cursors.some(({ count }) => count === 0)
  }

  /**
   * @returns the newest document up to this one that has all terms; -1 where there is none. Where the steps
   * end it is any document that all such ones come at or before.
   */
  seek(document: number, steps: Steps): number {
    let candidate = document
    let agreed = 0
    for (let place = 0; agreed < this.#cursors.length && candidate >= 0; ) {
      if (steps.left-- <= 0) return candidate
      const found = this.#cursors[place]!.seek(candidate)
      agreed = found === candidate ? agreed + 1 : 1
      candidate = found
      place = (place + 1) % this.#cursors.length
    }
    steps.left--
    return candidate
  }
}
