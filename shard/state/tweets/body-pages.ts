// BodyPages: bodies of tweets, already encoded, in the order in which they came, within a budget.
//
//   oldest                                          newest
//   [ x x a b ]   [ c d e f g ]   [ h i . j k ]   [ l m n      ]      . was deleted, x has moved out
//       ^ the next to move out                            ^ the next to be put
//
// Like a diary of several volumes on a short shelf: one writes in the newest, and when a new one is needed
// and the shelf is full, the oldest goes to the cellar, page by page, while the newest fills up. So whoever
// puts a body never waits for more than a few others to move, and there is always a whole volume
// of room to win: old and new, long and short never mix, nothing is fragmented.
//
// The rejected way is `ByteStore`, which gives the place of a freed record to the next one of its size:
// as a cache it keeps places of all the sizes that it ever had, and a budget cannot be kept.
//
// The bytes lie outside the JavaScript heap (page-memory.ts). A record is a length, the tweet, the body:
// 8 bytes, and up to 15 of rounding. The room of a body that was deleted comes back with its page:
// when all others in it are deleted or have moved out. A single writer; owned by Tweets.

import { sumOfLines } from '../memory/fetching.ts'
import { type PageMemory, PageSupply, wholePageBytes } from '../memory/page-memory.ts'

/** The longest body. `put` throws beyond. */
export const bodyBytesMax = 65_536
const pageBytesMax = wholePageBytes
const pageBytesMin = 4_096
/** The first page is small, each twice the last: many states have few tweets. */
const firstPageBytes = 1_024
/** A budget holds so many pages at least, so that the one that moves out is a small part. */
const pagesPerBudgetMin = 16
/** A reference has 32 bits, half of them for the page: 64 GiB with the largest pages. */
const pagesMax = 65_535

const granuleBytes = 16
const granuleWords = granuleBytes / 4
const headerBytes = 8
/** In the place of the tweet: the body is not there any more. */
const gone = 0xffff_ffff
/** So many bytes move out for each that comes: the oldest page is empty before the newest is full. */
const movesPerPut = 2

const { copy } = Buffer.prototype

/** The bytes are a buffer, because `Buffer.copy` is a plain memory move; the words are for lengths and tweets. */
type Page = PageMemory & {
  /** Granules that are taken, from the start. */
  cut: number
  /** Granules whose bodies have moved out, from the start. */
  passed: number
  /** Bodies that are there. */
  count: number
}

export type Budget = {
  /** The memory of all pages, in bytes. */
  readonly bytesMax: number
  /**
   * Takes a body over that has no room any more.
   * @returns false where it has to stay: the pages grow beyond the budget then
   */
  moveOut(tweet: number, body: Uint8Array): boolean
}

export class BodyPages {
  readonly #supply = new PageSupply()
  /** By the number in a reference. Number 0 is never given out, so that 0 stands for no body. */
  readonly #pages: (Page | undefined)[] = [undefined]
  readonly #freeNumbers: number[] = []
  /** The numbers of the pages in use, oldest first. */
  readonly #order = new Set<number>()
  #newest = 0
  /** An empty page that waits for its use. */
  #spare: Page | undefined
  #budget: Budget = { bytesMax: Number.POSITIVE_INFINITY, moveOut: () => false }
  #pageBytes = pageBytesMax
  #nextPageBytes = firstPageBytes
  #bytes = 0
  #bytesUsed = 0

  /** Bytes of the pages in use, and of the spare one. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes of the bodies that are here, without headers and rounding. */
  get bytesUsed(): number {
    return this.#bytesUsed
  }

  /** Keeps to a budget from now on. What is too much already goes with the next bodies that come. */
  keepWithin(budget: Budget): void {
    this.#budget = budget
    const wanted = 2 ** Math.floor(Math.log2(budget.bytesMax / pagesPerBudgetMin))
    this.#pageBytes = Math.max(pageBytesMin, Math.min(wanted, pageBytesMax))
  }

  /**
   * Copies a body in, and moves some of the oldest out where the room comes to its end.
   * @param range `from`, `to`: the part of `bytes` to take (all of it where left out)
   * @returns its reference: 65,536 to 2^32 - 1
   * @throws RangeError where the body is longer than `bodyBytesMax` or not within `bytes`, or all pages
   * there can be are in use
   */
  put(
    tweet: number,
    bytes: Uint8Array,
    { from = 0, to = bytes.length }: { from?: number; to?: number } = {},
  ): number {
    const length = to - from
    if (!(from >= 0 && length >= 0 && to <= bytes.length && length <= bodyBytesMax))
      throw new RangeError(
        `a body is 0 to ${bodyBytesMax} bytes, not ${from} to ${to} of ${bytes.length}`,
      )
    const granules = granulesOf(length)
    let page = this.#pages[this.#newest]
    if (page === undefined || (page.cut + granules) * granuleBytes > page.bytes.length)
      page = this.#startPage(granules * granuleBytes)
    else if (this.#isNextPageMissing()) this.#moveOut(granules * movesPerPut)
    const granule = page.cut
    page.cut += granules
    page.count++
    page.words[granule * granuleWords] = length
    page.words[granule * granuleWords + 1] = tweet
    copy.call(bytes, page.bytes, granule * granuleBytes + headerBytes, from, to)
    this.#bytesUsed += length
    return this.#newest * 65_536 + granule
  }

  /**
   * @returns the bytes of the body
   * @throws RangeError where the reference is not one of a body that is here, as far as one can tell
   */
  length(reference: number): number {
    const words = this.#pages[reference >>> 16]?.words
    const word = (reference & 0xffff) * granuleWords
    if (words === undefined || words[word + 1] === gone)
      throw new RangeError(`no body at reference ${reference}`)
    return words[word]!
  }

  /** Fetches a body ahead. @returns the sum of some of its words */
  touch(reference: number): number {
    const { words } = this.#pages[reference >>> 16]!
    const word = (reference & 0xffff) * granuleWords
    return sumOfLines(words, word, word + granulesOf(words[word]!) * granuleWords)
  }

  /**
   * Copies the body to `offset` of `target`, where it has to fit.
   * @returns how many bytes that are
   * @throws as `length` does
   */
  copyTo(reference: number, target: Uint8Array, offset: number): number {
    const length = this.length(reference)
    const start = (reference & 0xffff) * granuleBytes + headerBytes
    this.#pages[reference >>> 16]!.bytes.copy(target, offset, start, start + length)
    return length
  }

  /**
   * The body where it lies: good until the next `put`, and not to be written to.
   * @throws as `length` does
   */
  view(reference: number): Uint8Array {
    const start = (reference & 0xffff) * granuleBytes + headerBytes
    const end = start + this.length(reference)
    return this.#pages[reference >>> 16]!.bytes.subarray(start, end)
  }

  /**
   * Forgets a body.
   * @throws as `length` does: in particular where it was forgotten already
   */
  free(reference: number): void {
    const length = this.length(reference)
    const number = reference >>> 16
    const page = this.#pages[number]!
    page.words[(reference & 0xffff) * granuleWords + 1] = gone
    page.count--
    this.#bytesUsed -= length
    if (page.count > 0) return
    if (number === this.#newest) page.cut = page.passed = 0
    else this.#release(number, page)
  }

  /** Whether the budget has no room for one more page when the newest is full. */
  #isNextPageMissing(): boolean {
    return this.#spare === undefined && this.#bytes + this.#pageBytes > this.#budget.bytesMax
  }

  /** Begins a page with room for `bytesMin`. */
  #startPage(bytesMin: number): Page {
    let pageBytes = Math.min(this.#nextPageBytes, this.#pageBytes)
    this.#nextPageBytes = pageBytes * 2
    while (pageBytes < bytesMin) pageBytes *= 2
    this.#dropSpareUnlessOf(pageBytes)
    // Where bodies had to stay for a while there are many pages too many: not all go at once.
    const bytesEnough = Math.max(this.#budget.bytesMax, this.#bytes) - pageBytes
    while (this.#spare === undefined && this.#bytes > bytesEnough) {
      if (!this.#moveOut(pageBytesMax / granuleBytes)) break
      this.#dropSpareUnlessOf(pageBytes)
    }
    const page = this.#spare ?? this.#newPage(pageBytes)
    this.#spare = undefined
    const number = this.#freeNumbers.pop() ?? this.#pages.length
    if (number > pagesMax) throw new RangeError(`bodies take at most ${pagesMax} pages`)
    this.#pages[number] = page
    this.#order.add(number)
    this.#newest = number
    return page
  }

  #newPage(pageBytes: number): Page {
    this.#bytes += pageBytes
    return { ...this.#supply.take(pageBytes), cut: 0, passed: 0, count: 0 }
  }

  /**
   * Moves bodies of about so many granules from the oldest page out.
   * @returns whether it got on: false where there is no other page, or the first body has to stay
   */
  #moveOut(granulesMax: number): boolean {
    const [number = this.#newest] = this.#order
    const page = this.#pages[number]
    if (page === undefined || number === this.#newest) return false
    const end = Math.min(page.cut, page.passed + granulesMax)
    const before = page.passed
    while (page.passed < end && page.count > 0) {
      const word = page.passed * granuleWords
      const [length, tweet] = [page.words[word]!, page.words[word + 1]!]
      if (tweet !== gone) {
        const start = page.passed * granuleBytes + headerBytes
        const body = page.bytes.subarray(start, start + length)
        if (!this.#budget.moveOut(tweet, body)) break
        page.words[word + 1] = gone
        page.count--
        this.#bytesUsed -= length
      }
      page.passed += granulesOf(length)
    }
    if (page.count === 0) this.#release(number, page)
    return page.count === 0 || page.passed > before
  }

  /** Takes back an empty page: for the next one, where it is as large as that will be. */
  #release(number: number, page: Page): void {
    this.#pages[number] = undefined
    this.#freeNumbers.push(number)
    this.#order.delete(number)
    page.cut = page.passed = 0
    this.#bytes -= page.bytes.length
    const isNext = this.#spare === undefined && page.bytes.length === this.#pageBytes
    if (!isNext || this.#bytes + page.bytes.length > this.#budget.bytesMax) {
      this.#supply.giveBack(page)
      return
    }
    this.#bytes += page.bytes.length
    this.#spare = page
  }

  #dropSpareUnlessOf(pageBytes: number): void {
    const spare = this.#spare
    if (spare === undefined || spare.bytes.length === pageBytes) return
    this.#bytes -= spare.bytes.length
    this.#spare = undefined
    this.#supply.giveBack(spare)
  }
}

function granulesOf(length: number): number {
  return Math.ceil((headerBytes + length) / granuleBytes)
}
