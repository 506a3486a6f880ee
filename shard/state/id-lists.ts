// IdLists: for each owner (a dense index) an ascending list of distinct ids: the tweets of an author,
// the favorites of a reader. From one id to millions, and no object per list.
//
//   owner 5: address, class, length        a page of ids, cut in halves as far as needed
//            8        3      5      --->  8 [ 1001 1007 1050 1066 1070  .  .  . ] 16 [ free ...
//
// Like fields that brothers and sisters inherit: a block is halved until it is just large enough, and
// two halves that are both free become one again (buddy allocation: Knuth, The Art of Computer
// Programming, volume 1, 2.5). Lists grow from 2 to 4 to 8 ids and so on, many of them side by side;
// blocks of fixed sizes that never merge would leave twice as much behind as is in use. A list that
// moves copies itself and nothing else: the pages stay where they are. A list of more than 16,384 ids
// has a page of its own, which goes back to the system when the list leaves it.
//
// A list is one run of memory, so a page of a timeline is one binary search and one copy. That makes
// the insertion of an old id into a long list a move of all that is newer (0.2 to 0.5 ms for a million
// ids); new ids are the largest, so this is rare. Linked chunks would avoid it and cost every reader.
//
// Owned by whoever holds the state; a single thread. 8 bytes per owner; 8 per id, and about a third
// of that for room to grow.

import { absent } from './id-table.ts'

/** The longest list: its length is kept in 26 bits. `insert` throws beyond. */
export const idsPerListMax = 2 ** 26 - 1
const lengthBits = 26

/** A block of class c has room for 2^c ids. The smallest takes the two links of a free block. */
const smallestClass = 1
/** Larger blocks have a page of their own. */
const pooledClassMax = 14
/** Pages start at 2^6 ids and double up to 2^16 (512 KiB). */
const firstPageClass = 6
const pageClass = 16
/** An address is page number * 2^16 + position. */
const pageIds = 2 ** pageClass
const pagesMax = 65_536

/** Owners lie in pages of this many, two words each. The first page starts small and doubles. */
const pageOwners = 4_096
const firstPageOwners = 32

const emptyPage = new Float64Array(0)
const emptyOwners = new Uint32Array(0)

/** Owner index to an ascending list of distinct ids (safe integers from 1). */
export class IdLists {
  /** Page of owners -> two words for each: the address; class (6 bits) and length (26 bits). */
  readonly #owners: Uint32Array[] = []
  readonly #pages: Float64Array[] = []
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

  /** @returns how many ids the owner has: 0 for one never seen */
  length(owner: number): number {
    return this.#shapeOf(owner) & idsPerListMax
  }

  /** @returns the id at this position, counted from 0, the smallest; -1 (`absent`) outside the list */
  at(owner: number, position: number): number {
    if (!(position >= 0 && position < this.length(owner))) return absent
    const address = this.#addressOf(owner)
    return this.#pages[address >>> 16]![(address & 0xffff) + position]!
  }

  /** Whether the id is in the owner's list. */
  has(owner: number, id: number): boolean {
    return this.#positionOf(owner, id) !== absent
  }

  /** @returns the position of the first id >= `id`; the length of the list where there is none */
  lowerBound(owner: number, id: number): number {
    const length = this.length(owner)
    if (length === 0) return 0
    const address = this.#addressOf(owner)
    const ids = this.#pages[address >>> 16]!
    const start = address & 0xffff
    // Most searches are for something newer than all: asked for first.
    if (ids[start + length - 1]! < id) return length
    let low = start
    let high = start + length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ids[middle]! < id) low = middle + 1
      else high = middle
    }
    return low - start
  }

  /**
   * Reads a page of a list, newest first, into the start of `out`.
   * @param options `before`: only ids below this one (Infinity: from the newest on); `limit`: at most
   * so many, and never more than `out` takes
   * @returns how many ids were written
   */
  readBefore(
    owner: number,
    { before, limit }: { before: number; limit: number },
    out: Float64Array,
  ): number {
    const end = this.lowerBound(owner, before)
    const count = Math.min(end, limit, out.length)
    if (!(count > 0)) return 0
    const address = this.#addressOf(owner)
    const ids = this.#pages[address >>> 16]!
    const last = (address & 0xffff) + end - 1
    for (let read = 0; read < count; read++) out[read] = ids[last - read]!
    return count
  }

  /**
   * Puts an id into the owner's list at its place.
   * @returns whether it is new
   * @throws RangeError where owner or id cannot be one, or the list or the pool is at its limit
   */
  insert(owner: number, id: number): boolean {
    if (!(owner >= 0 && id >= 1)) throw new RangeError(`no owner and id: ${owner}, ${id}`)
    const position = this.lowerBound(owner, id)
    if (this.at(owner, position) === id) return false
    const length = this.length(owner)
    if (length === idsPerListMax) throw new RangeError(`a list holds at most ${length} ids`)
    let sizeClass = this.#shapeOf(owner) >>> lengthBits
    let address = this.#addressOf(owner)
    if (length === 0) {
      sizeClass = smallestClass
      address = this.#take(sizeClass)
    } else if (length === 2 ** sizeClass) {
      address = this.#move({ address, length, from: sizeClass, to: sizeClass + 1 })
      sizeClass++
    }
    this.#write(owner, { address, sizeClass, length: length + 1 })
    const ids = this.#pages[address >>> 16]!
    const start = address & 0xffff
    if (position < length) ids.copyWithin(start + position + 1, start + position, start + length)
    ids[start + position] = id
    return true
  }

  /** @returns whether the id was in the owner's list */
  remove(owner: number, id: number): boolean {
    const position = this.#positionOf(owner, id)
    if (position === absent) return false
    const length = this.length(owner) - 1
    if (length === 0) {
      this.clear(owner)
      return true
    }
    let address = this.#addressOf(owner)
    let sizeClass = this.#shapeOf(owner) >>> lengthBits
    const start = address & 0xffff
    const ids = this.#pages[address >>> 16]!
    ids.copyWithin(start + position, start + position + 1, start + length + 1)
    // Half the room for a quarter of it in use: the list can then double or halve before it moves
    // again, so no back and forth at a border moves it each time.
    if (length * 4 <= 2 ** sizeClass && sizeClass > smallestClass) {
      address = this.#move({ address, length, from: sizeClass, to: sizeClass - 1 })
      sizeClass--
    }
    this.#write(owner, { address, sizeClass, length })
    return true
  }

  /** Empties the owner's list. */
  clear(owner: number): void {
    if (this.length(owner) === 0) return
    this.#giveBack(this.#addressOf(owner), this.#shapeOf(owner) >>> lengthBits)
    this.#write(owner, { address: 0, sizeClass: 0, length: 0 })
  }

  /** @returns the position of this id, or -1 (`absent`) */
  #positionOf(owner: number, id: number): number {
    const position = this.lowerBound(owner, id)
    // `at` answers -1 at the end of the list, which nobody's id may be taken for.
    return id >= 1 && this.at(owner, position) === id ? position : absent
  }

  #addressOf(owner: number): number {
    return this.#owners[Math.floor(owner / pageOwners)]?.[(owner % pageOwners) * 2] ?? 0
  }

  /** Class and length in one word; 0 for an owner never seen. */
  #shapeOf(owner: number): number {
    return this.#owners[Math.floor(owner / pageOwners)]?.[(owner % pageOwners) * 2 + 1] ?? 0
  }

  #write(owner: number, list: { address: number; sizeClass: number; length: number }): void {
    const number = Math.floor(owner / pageOwners)
    const word = (owner % pageOwners) * 2
    while (this.#owners.length <= number) this.#owners.push(emptyOwners)
    let page = this.#owners[number]!
    if (word >= page.length) {
      let words = number === 0 ? Math.max(firstPageOwners * 2, page.length) : pageOwners * 2
      while (word >= words) words *= 2
      const larger = new Uint32Array(words)
      larger.set(page)
      this.#bytes += larger.byteLength - page.byteLength
      this.#owners[number] = page = larger
    }
    page[word] = list.address
    page[word + 1] = ((list.sizeClass << lengthBits) | list.length) >>> 0
  }

  /** Moves the first `length` ids of a block into one of another class. @returns its address */
  #move(block: { address: number; length: number; from: number; to: number }): number {
    const target = this.#take(block.to)
    const source = this.#pages[block.address >>> 16]!
    const start = block.address & 0xffff
    this.#pages[target >>> 16]!.set(source.subarray(start, start + block.length), target & 0xffff)
    this.#giveBack(block.address, block.from)
    return target
  }

  /** @returns the address of a block of this class; what it holds is left over from earlier */
  #take(sizeClass: number): number {
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
    while (found > sizeClass) this.#release(address + 2 ** --found, found)
    return address
  }

  /** Frees a block, together with its other half where that is free, and so on upwards. */
  #giveBack(address: number, sizeClass: number): void {
    const number = address >>> 16
    const page = this.#pages[number]!
    if (sizeClass > pooledClassMax) {
      this.#bytes -= page.byteLength
      this.#pages[number] = emptyPage
      this.#sparePages.push(number)
      return
    }
    let position = address & 0xffff
    let merged = sizeClass
    for (; 2 ** merged < page.length; merged++) {
      const other = position ^ (2 ** merged)
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
    const page = this.#pages[address >>> 16]!
    page[address & 0xffff] = -(32 * (1 + next) + sizeClass)
    page[(address & 0xffff) + 1] = absent
    if (next !== absent) this.#pages[next >>> 16]![(next & 0xffff) + 1] = address
    this.#free[sizeClass] = address
  }

  /** Takes a block out of the free ones of its class. */
  #unlink(address: number, sizeClass: number): void {
    const page = this.#pages[address >>> 16]!
    const next = Math.floor(-page[address & 0xffff]! / 32) - 1
    const previous = page[(address & 0xffff) + 1]!
    page[address & 0xffff] = 0
    if (next !== absent) this.#pages[next >>> 16]![(next & 0xffff) + 1] = previous
    if (previous === absent) this.#free[sizeClass] = next
    else this.#pages[previous >>> 16]![previous & 0xffff] = -(32 * (1 + next) + sizeClass)
  }

  /** @returns the address of a new page of 2^sizeClass ids */
  #addPage(sizeClass: number): number {
    const number = this.#sparePages.pop() ?? this.#pages.length
    if (number === pagesMax) throw new RangeError(`IdLists holds at most ${pagesMax} pages`)
    this.#pages[number] = new Float64Array(2 ** sizeClass)
    this.#bytes += this.#pages[number].byteLength
    return number * pageIds
  }
}
