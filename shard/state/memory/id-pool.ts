// IdPool: blocks of memory for the lists of IdLists, in sizes that are powers of two.
//
// Like fields that brothers and sisters inherit: a block is halved until it is just large enough, and
// two halves that are both free become one again (buddy allocation: Knuth, The Art of Computer
// Programming, volume 1, 2.5). Lists grow from 2 to 4 to 8 ids and so on, many of them side by side;
// blocks of fixed sizes that never merge would leave twice as much behind as is in use. A block of more
// than 16,384 ids has a page of its own, which goes back to the system with it; other pages stay.
//
// Owned by one IdLists; a single thread.

import { absent } from './id-table.ts'

/** A block of class c has room for 2^c ids. The smallest takes the two links of a free block. */
export const smallestClass = 1
/** Larger blocks have a page of their own. */
const pooledClassMax = 14
/** Pages start at 2^6 ids and double up to 2^16 (512 KiB). */
const firstPageClass = 6
const pageClass = 16
/** An address is page number * 2^16 + position. */
const pageIds = 2 ** pageClass
const pagesMax = 65_536

/** A view of memory costs more than to copy so few. */
const copiedOneByOneMax = 64

const emptyPage = new Float64Array(0)

export class IdPool {
  /** The block at an address begins at position `address & 0xffff` of page `address >>> 16`. */
  readonly pages: Float64Array[] = []
  /** Numbers of pages that were given back. */
  readonly #sparePages: number[] = []
  /** For each class the address of its first free block, or -1. See `#release` for the others. */
  readonly #free = new Float64Array(pageClass + 1).fill(absent)
  #nextPageClass = firstPageClass
  #bytes = this.#free.byteLength

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#bytes
  }

  /** Moves the first `length` ids of a block into one of another class. @returns its address */
  move(block: { address: number; length: number; from: number; to: number }): number {
    const target = this.take(block.to)
    const source = this.pages[block.address >>> 16]!
    const start = block.address & 0xffff
    const ids = this.pages[target >>> 16]!
    const targetStart = target & 0xffff
    if (block.length > copiedOneByOneMax) {
      ids.set(source.subarray(start, start + block.length), targetStart)
    } else {
      for (let at = 0; at < block.length; at++) ids[targetStart + at] = source[start + at]!
    }
    this.giveBack(block.address, block.from)
    return target
  }

  /** @returns the address of a block of this class; what it holds is left over from earlier */
  take(sizeClass: number): number {
    if (sizeClass > pooledClassMax) return this.#addPage(sizeClass)
    let found = sizeClass
    while (found <= pageClass && this.#free[found] === absent) found++
    if (found > pageClass) {
      found = Math.max(this.#nextPageClass, sizeClass)
      this.#nextPageClass = Math.min(found + 1, pageClass)
      this.#release(this.#addPage(found), found)
    }
    const address = this.#free[found]!
    this.#unlink(address, found)
    // The upper half is left free until what remains has the right size.
    while (found > sizeClass) this.#release(address + (1 << --found), found)
    return address
  }

  /** Frees a block, together with its other half where that is free, and so on upwards. */
  giveBack(address: number, sizeClass: number): void {
    const number = address >>> 16
    const page = this.pages[number]!
    if (sizeClass > pooledClassMax) {
      this.#bytes -= page.byteLength
      this.pages[number] = emptyPage
      this.#sparePages.push(number)
      return
    }
    let position = address & 0xffff
    let merged = sizeClass
    for (; 1 << merged < page.length; merged++) {
      const other = position ^ (1 << merged)
      // In front of a block in use stands an id, which is positive; see `#release`.
      if (page[other]! >= 0 || -page[other]! % 32 !== merged) break
      this.#unlink(number * pageIds + other, merged)
      position = Math.min(position, other)
    }
    this.#release(number * pageIds + position, merged)
  }

  /**
   * Puts a block at the front of the free ones of its class. A free block says so with a negative
   * number: -(32 * (1 + address of the next) + class); behind it stands the address of the previous.
   */
  #release(address: number, sizeClass: number): void {
    const next = this.#free[sizeClass]!
    const page = this.pages[address >>> 16]!
    page[address & 0xffff] = -(32 * (1 + next) + sizeClass)
    page[(address & 0xffff) + 1] = absent
    if (next !== absent) this.pages[next >>> 16]![(next & 0xffff) + 1] = address
    this.#free[sizeClass] = address
  }

  /** Takes a block out of the free ones of its class. */
  #unlink(address: number, sizeClass: number): void {
    const page = this.pages[address >>> 16]!
    const next = Math.floor(-page[address & 0xffff]! / 32) - 1
    const previous = page[(address & 0xffff) + 1]!
    page[address & 0xffff] = 0
    if (next !== absent) this.pages[next >>> 16]![(next & 0xffff) + 1] = previous
    if (previous === absent) this.#free[sizeClass] = next
    else this.pages[previous >>> 16]![previous & 0xffff] = -(32 * (1 + next) + sizeClass)
  }

  /** @returns the address of a new page of 2^sizeClass ids */
  #addPage(sizeClass: number): number {
    const number = this.#sparePages.pop() ?? this.pages.length
    if (number === pagesMax) throw new RangeError(`IdLists holds at most ${pagesMax} pages`)
    this.pages[number] = new Float64Array(2 ** sizeClass)
    this.#bytes += this.pages[number].byteLength
    return number * pageIds
  }
}
