// ByteStore: small byte strings (the cards of users, already encoded) outside the JavaScript heap,
// and a number for each.
//
//   page 3   granule 40           42                  60
//            [ length | body ... | length | body ...   | free ...      a granule is 16 bytes
//               4 bytes
//   reference = page * 65,536 + granule = 3 * 65,536 + 40
//
// Like a luggage counter: hand in a bag, get a ticket; the ticket finds the bag without a search, and
// the place of a bag that was fetched takes the next one of about that size. The bytes lie in pages outside
// the JavaScript heap (page-memory.ts), which the garbage collector neither scans nor moves. The first pages are
// small, each twice the last; none ever moves.
//
// Owned by whoever holds the state; a single writer. Per record 4 bytes and up to an eighth of its
// length of rounding. Places are reused within their size class, and pages are kept: what it holds is
// the most that was ever in use at once, as long as the mixture of sizes stays about the same.

import { sumOfLines } from './fetching.ts'
import { PageSupply, wholePageBytes } from './page-memory.ts'

/** The longest record. `put` throws beyond. */
export const recordBytesMax = 65_536
/** Bytes of a page, where the owner does not say otherwise; also the largest page. */
export const pageBytesDefault = wholePageBytes
const pageBytesMin = 1_024
const firstPageBytes = 1_024
/** A reference has 32 bits, half of them for the page: 64 GiB with pages of 1 MiB. */
const pagesMax = 65_536
const granuleBytes = 16
const granuleWords = granuleBytes / 4
const headerBytes = 4
/** In the place of the length: the record is not there any more. The next word says the next free place. */
const freed = 0xffff_ffff

/** Granules of each size class: every number up to 16, then eight steps per doubling. */
const classGranules: readonly number[] = sizesFor(headerBytes + recordBytesMax)

function sizesFor(bytes: number): number[] {
  const granulesMax = Math.ceil(bytes / granuleBytes)
  const sizes = [1]
  for (let size = 1; size < granulesMax; ) {
    size += Math.max(1, 2 ** (28 - Math.clz32(size)))
    sizes.push(size)
  }
  return sizes
}

/** The smallest class with room for a record of `length` bytes. */
function classFor(length: number): number {
  const last = Math.ceil((headerBytes + length) / granuleBytes) - 1
  if (last < 16) return last
  // The binary logarithm says the doubling, the three bits after the first one say the eighth.
  const doubling = 31 - Math.clz32(last)
  return 16 + (doubling - 4) * 8 + ((last >>> (doubling - 3)) & 7)
}

export class ByteStore {
  readonly #pageBytes: number
  readonly #supply = new PageSupply()
  /** Buffers, because `Buffer.copy` is a plain memory move. */
  readonly #pages: Buffer[] = []
  /** The same memory in words, for lengths and links. */
  readonly #words: Uint32Array[] = []
  /** For each class a reference to its first free place; 0 where there is none. */
  readonly #free = new Uint32Array(classGranules.length)
  /** Where the next record goes in the last page, in granules. Reference 0 is never given out. */
  #cutGranule = 1
  #nextPageBytes = firstPageBytes
  #bytes = this.#free.byteLength
  #bytesUsed = 0

  /** @param options `pageBytes`: size of a page, a power of two from 1 KiB to 1 MiB */
  constructor({ pageBytes = pageBytesDefault }: { pageBytes?: number } = {}) {
    const isInRange = pageBytes >= pageBytesMin && pageBytes <= pageBytesDefault
    if (!isInRange || !Number.isInteger(Math.log2(pageBytes)))
      throw new RangeError(
        `pageBytes is a power of two from ${pageBytesMin} to ${pageBytesDefault}, not ${pageBytes}`,
      )
    this.#pageBytes = pageBytes
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes of the records that are in the store, without headers and rounding. */
  get bytesUsed(): number {
    return this.#bytesUsed
  }

  /**
   * Copies a record in.
   * @param range `from`, `to`: the part of `bytes` to take (all of it where left out)
   * @returns its reference: 1 to 2^32 - 1, so that 0 can stand for none in a table of references
   * @throws RangeError where the record is longer than `recordBytesMax` or not within `bytes`, or the
   * store is at its limit
   */
  put(bytes: Uint8Array, { from = 0, to = bytes.length }: { from?: number; to?: number } = {}) {
    const length = to - from
    if (!(from >= 0 && length >= 0 && to <= bytes.length && length <= recordBytesMax))
      throw new RangeError(
        `a record is 0 to ${recordBytesMax} bytes, not ${from} to ${to} of ${bytes.length}`,
      )
    const reference = this.#take(classFor(length))
    const granule = reference & 0xffff
    this.#words[reference >>> 16]![granule * granuleWords] = length
    const page = this.#pages[reference >>> 16]!
    Buffer.prototype.copy.call(bytes, page, granule * granuleBytes + headerBytes, from, to)
    this.#bytesUsed += length
    return reference
  }

  /**
   * @returns the bytes of the record
   * @throws RangeError where the reference is not one of a record in the store, as far as one can tell
   */
  length(reference: number): number {
    const length = this.#words[reference >>> 16]?.[(reference & 0xffff) * granuleWords] ?? freed
    if (length > recordBytesMax) throw new RangeError(`no record at reference ${reference}`)
    return length
  }

  /** Fetches a record ahead. @returns the sum of some of its words */
  touch(reference: number): number {
    const words = this.#words[reference >>> 16]!
    const word = (reference & 0xffff) * granuleWords
    return sumOfLines(words, word, word + ((headerBytes + words[word]!) >>> 2))
  }

  /**
   * Copies the record to `offset` of `target`.
   * @returns how many bytes that are
   * @throws RangeError where they do not fit, and as `length` does
   */
  copyTo(reference: number, target: Uint8Array, offset: number): number {
    const length = this.length(reference)
    // A copy that does not fit would be cut off without a word.
    if (offset + length > target.length)
      throw new RangeError(`${length} bytes do not fit at ${offset} of ${target.length}`)
    const start = (reference & 0xffff) * granuleBytes + headerBytes
    this.#pages[reference >>> 16]!.copy(target, offset, start, start + length)
    return length
  }

  /**
   * The record where it lies, for cold paths: good until it is freed, and not to be written to.
   * @throws as `length` does
   */
  view(reference: number): Buffer {
    const start = (reference & 0xffff) * granuleBytes + headerBytes
    return this.#pages[reference >>> 16]!.subarray(start, start + this.length(reference))
  }

  /**
   * Gives the place of a record back.
   * @throws as `length` does: in particular where it was given back already
   */
  free(reference: number): void {
    const length = this.length(reference)
    const sizeClass = classFor(length)
    this.#bytesUsed -= length
    this.#release(reference, sizeClass)
  }

  /** Puts a place at the front of the free ones of its class. */
  #release(reference: number, sizeClass: number): void {
    const words = this.#words[reference >>> 16]!
    const word = (reference & 0xffff) * granuleWords
    words[word] = freed
    words[word + 1] = this.#free[sizeClass]!
    this.#free[sizeClass] = reference
  }

  /** @returns a reference to a place of this class */
  #take(sizeClass: number): number {
    const free = this.#free[sizeClass]!
    if (free !== 0) {
      this.#free[sizeClass] = this.#words[free >>> 16]![(free & 0xffff) * granuleWords + 1]!
      return free
    }
    const granules = classGranules[sizeClass]!
    if (this.#pages.length === 0 || granules > this.#granulesLeft()) this.#startPage(granules)
    const reference = (this.#pages.length - 1) * 65_536 + this.#cutGranule
    this.#cutGranule += granules
    return reference
  }

  #granulesLeft(): number {
    return this.#pages.at(-1)!.length / granuleBytes - this.#cutGranule
  }

  /** Begins a page with room for a place of `granules`; the rest of the last one becomes free places. */
  #startPage(granules: number): void {
    if (this.#pages.length === pagesMax)
      throw new RangeError(`a ByteStore holds at most ${pagesMax} pages`)
    let sizeClass = classGranules.length - 1
    while (this.#pages.length > 0 && this.#granulesLeft() > 0) {
      while (classGranules[sizeClass]! > this.#granulesLeft()) sizeClass--
      this.#release((this.#pages.length - 1) * 65_536 + this.#cutGranule, sizeClass)
      this.#cutGranule += classGranules[sizeClass]!
    }
    this.#cutGranule = this.#pages.length === 0 ? 1 : 0
    let pageBytes = this.#nextPageBytes
    while (pageBytes < (this.#cutGranule + granules) * granuleBytes) pageBytes *= 2
    const { bytes, words } = this.#supply.take(pageBytes)
    this.#pages.push(bytes)
    this.#words.push(words)
    this.#bytes += pageBytes
    this.#nextPageBytes = Math.min(pageBytes * 2, this.#pageBytes)
  }
}
