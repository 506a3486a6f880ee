// IdLists: for each owner (a dense index) an ascending list of distinct ids: the tweets of an author,
// the favorites of a reader. From one id to millions, and no object per list.
//
//   owner 5: address, class, length        a page of ids, cut in halves as far as needed
//            8        3      5      --->  8 [ 1001 1007 1050 1066 1070  .  .  . ] 16 [ free ...
//
// The blocks come from id-pool.ts. A list that moves copies itself and nothing else: the pages stay where
// they are.
//
// A list is one run of memory, so a page of a timeline is one binary search and one copy. That makes
// the insertion of an old id into a long list a move of all that is newer (0.2 to 0.5 ms for a million
// ids); new ids are the largest, so this is rare. Linked chunks would avoid it and cost every reader.
//
// Owned by whoever holds the state; a single thread. 8 bytes per owner; 8 per id, and about a third
// of that for room to grow.

import { IdPool, smallestClass } from './id-pool.ts'
import { absent } from './id-table.ts'

/** The longest list: its length is kept in 26 bits. `insert` throws beyond. */
export const idsPerListMax = 2 ** 26 - 1
const lengthBits = 26

/** Owners lie in pages of this many, two words each. The first page starts small and doubles. */
const pageOwners = 4_096
const firstPageOwners = 32

const emptyOwners = new Uint32Array(0)

/** Owner index to an ascending list of distinct ids (safe integers from 1). */
export class IdLists {
  /** Page of owners -> two words for each: the address; class (6 bits) and length (26 bits). */
  readonly #owners: Uint32Array[] = []
  readonly #pool = new IdPool()
  readonly #onChange: ((owner: number) => void) | undefined
  #ownerBytes = 0

  /** @param onChange told of each owner whose list has become longer or shorter, perhaps before its last word is there */
  constructor(onChange?: (owner: number) => void) {
    this.#onChange = onChange
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#pool.bytes + this.#ownerBytes
  }

  /** @returns how many ids the owner has: 0 for one never seen */
  length(owner: number): number {
    return this.#shapeOf(owner) & idsPerListMax
  }

  /** @returns the id at this position, counted from 0, the smallest; -1 (`absent`) outside the list */
  at(owner: number, position: number): number {
    if (!(position >= 0 && position < this.length(owner))) return absent
    const address = this.#addressOf(owner)
    return this.#pool.pages[address >>> 16]![(address & 0xffff) + position]!
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
    const ids = this.#pool.pages[address >>> 16]!
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
    const ids = this.#pool.pages[address >>> 16]!
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
    const address = this.#lengthen(owner, length + 1)
    const ids = this.#pool.pages[address >>> 16]!
    const start = address & 0xffff
    if (position < length) ids.copyWithin(start + position + 1, start + position, start + length)
    ids[start + position] = id
    return true
  }

  /**
   * Adds the first `count` of `ids`, ascending and all larger than those in the owner's list.
   * @throws RangeError as `insert` does, and where they are not larger
   */
  append(owner: number, ids: Float64Array, count: number): void {
    if (count === 0) return
    const length = this.length(owner)
    if (!(owner >= 0 && ids[0]! >= 1) || this.lowerBound(owner, ids[0]!) < length)
      throw new RangeError(`owner ${owner} has larger ids than ${ids[0]}, or cannot have it`)
    const address = this.#lengthen(owner, length + count)
    const page = this.#pool.pages[address >>> 16]!
    const start = (address & 0xffff) + length
    for (let place = 0; place < count; place++) page[start + place] = ids[place]!
  }

  /** Adds the first `count` of `ids`, ascending: all at once where they are larger than those in the list. */
  addMany(owner: number, ids: Float64Array, count: number): void {
    if (count > 0 && this.lowerBound(owner, ids[0]!) === this.length(owner)) {
      this.append(owner, ids, count)
      return
    }
    for (let place = 0; place < count; place++) this.insert(owner, ids[place]!)
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
    const ids = this.#pool.pages[address >>> 16]!
    ids.copyWithin(start + position, start + position + 1, start + length + 1)
    // Half the room for a quarter of it in use: the list can then double or halve before it moves
    // again, so no back and forth at a border moves it each time.
    if (length * 4 <= 2 ** sizeClass && sizeClass > smallestClass) {
      address = this.#pool.move({ address, length, from: sizeClass, to: sizeClass - 1 })
      sizeClass--
    }
    this.#write(owner, { address, sizeClass, length })
    return true
  }

  /** Empties the owner's list. */
  clear(owner: number): void {
    if (this.length(owner) === 0) return
    this.#pool.giveBack(this.#addressOf(owner), this.#shapeOf(owner) >>> lengthBits)
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
      this.#ownerBytes += larger.byteLength - page.byteLength
      this.#owners[number] = page = larger
    }
    page[word] = list.address
    page[word + 1] = ((list.sizeClass << lengthBits) | list.length) >>> 0
    this.#onChange?.(owner)
  }

  /** Makes room for `end` ids in all, which is more than there are. @returns the address of the list */
  #lengthen(owner: number, end: number): number {
    if (end > idsPerListMax) throw new RangeError(`a list holds at most ${idsPerListMax} ids`)
    const length = this.length(owner)
    const from = this.#shapeOf(owner) >>> lengthBits
    const to = Math.max(smallestClass, from, 32 - Math.clz32(end - 1))
    let address = this.#addressOf(owner)
    if (length === 0) address = this.#pool.take(to)
    else if (to > from) address = this.#pool.move({ address, length, from, to })
    this.#write(owner, { address, sizeClass: to, length: end })
    return address
  }
}
