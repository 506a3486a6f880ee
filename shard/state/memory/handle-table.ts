// HandleTable: every handle of the cluster, without a JavaScript string per user.
//
//   table   [ . | 3 | . | 1 | 2 | . ]         user index + 1 (0: empty), at the place that the hash says
//                 |       |
//   slots   0 [3|a d a . . . . . . . . . . . .]      16 bytes per user index:
//           2 [5|G r a c e . . . . . . . . . .]      length, then up to 15 letters as they were typed
//
// Upper and lower case are one handle. The alphabet of handles (letters, digits, underscore) lets
// four words be compared without a look at single letters: with bit 5 set (`| 0x20`), an upper-case
// letter becomes its lower-case one, a digit stays, the underscore becomes a byte that no other of
// the alphabet becomes. So nothing outside of the alphabet may get in, nor be asked for.
//
// A hash is not kept but computed again: the few searches of a sign-in or a mention are worth less
// than 4 bytes for every user of the cluster. It has no secret: a sign-up costs too much for anybody
// to buy enough handles of one hash that a search through them takes a millisecond.
//
// When it is full, a table of twice the size is begun, and filled from the slots, some with each new handle: so nobody
// waits for all of them. The old one is only read meanwhile. It cannot say anything wrong, as what it names is
// compared with the slot.
//
// Owned by whoever holds the state; a single thread. 16 bytes per user index, and 6 to 12 per handle, half as much
// again while it grows. The table never shrinks; the slots lie in pages that never move.

import { handleLengthMax } from '../../../protocol/limits.ts'
import { absent, entriesMaxOf, mix } from './id-table.ts'

const tableMin = 16
const tableMax = 2 ** 30
/** Users who are entered in the new table with each new handle. */
const usersPerMove = 64

const slotBytes = 16
const slotWords = slotBytes / 4
/** Slots lie in pages of this many. The first page starts small and doubles up to here. */
const pageSlots = 4_096
const firstPageSlots = 32

/** Makes the letters of four bytes lower-case; see the header. */
const lowerCase = 0x20202020

/** Code of a character -> 1 where a handle may contain it. */
const alphabet = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_')
  alphabet[character.charCodeAt(0)] = 1

/** The hash of the handle in the slot at `word`, the same for upper and lower case. */
function hashOf(words: Uint32Array, word: number): number {
  const first = mix(words[word]! | lowerCase, words[word + 1]! | lowerCase)
  return mix(first ^ (words[word + 2]! | lowerCase), words[word + 3]! | lowerCase)
}

/** Leaves the top bits of a hash, as many as name a place: 32 less the binary logarithm of the length. */
function shiftOf(table: Uint32Array): number {
  return Math.clz32(table.length) + 1
}

/** Handle (of any case) to user index and back. */
export class HandleTable {
  #table = new Uint32Array(tableMin)
  /** While the table grows: the one before, for users who are not in the new one yet. */
  #old: Uint32Array | undefined
  /** While the table grows: users below this index have moved. */
  #moved = 0
  #size = 0
  readonly #bytePages: Uint8Array[] = []
  /** The same memory in words. */
  readonly #wordPages: Uint32Array[] = []
  /** A slot of its own for the handle that is asked for. */
  readonly #askedWords = new Uint32Array(slotWords)
  readonly #askedBytes = new Uint8Array(this.#askedWords.buffer)

  /** Handles held. */
  get size(): number {
    return this.#size
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    let bytes = this.#table.byteLength + this.#askedWords.byteLength
    bytes += this.#old?.byteLength ?? 0
    for (const page of this.#bytePages) bytes += page.byteLength
    return bytes
  }

  /** @returns the index of the user with this handle in any case, or -1 (`absent`) */
  find(handle: string): number {
    return this.#ask(handle) ? this.#ownerOfAsked() : absent
  }

  /** @returns the handle as it was typed; an empty string where this user has none */
  handleOf(index: number): string {
    const page = this.#bytePages[Math.floor(index / pageSlots)]
    const start = (index % pageSlots) * slotBytes
    const length = page?.[start] ?? 0
    let handle = ''
    for (let at = 1; at <= length; at++) handle += String.fromCharCode(page![start + at]!)
    return handle
  }

  /**
   * Gives a user a handle; a former one of theirs is free again.
   * @throws RangeError where it is not 1 to 15 of `A-Z a-z 0-9 _`, or the table is at its limit
   * @throws Error where another user has it: handles are unique, so this is a bug of the caller
   */
  set(index: number, handle: string): void {
    if (!(index >= 0)) throw new RangeError(`not a user index: ${index}`)
    if (!this.#ask(handle)) throw new RangeError('a handle is 1 to 15 of A-Z a-z 0-9 _')
    const owner = this.#ownerOfAsked()
    if (owner !== absent && owner !== index)
      throw new Error(`the handle of user index ${index} is that of ${owner} already`)
    if (owner === absent) {
      this.delete(index)
      if (this.#size === entriesMaxOf(this.#table.length)) this.#grow()
      this.#table[this.#placeOfAsked(this.#table)] = index + 1
      this.#size++
    }
    this.#reach(index)
    const page = this.#wordPages[Math.floor(index / pageSlots)]!
    page.set(this.#askedWords, (index % pageSlots) * slotWords)
    if (owner === absent) this.#move(usersPerMove)
  }

  /** @returns whether this user had a handle */
  delete(index: number): boolean {
    if (!this.#hasHandle(index)) return false
    this.#remove(index)
    const word = (index % pageSlots) * slotWords
    this.#wordPages[Math.floor(index / pageSlots)]!.fill(0, word, word + slotWords)
    this.#size--
    return true
  }

  /** Takes a user out of the table, where they are in it already. */
  #remove(index: number): void {
    const table = this.#table
    const mask = table.length - 1
    let hole = this.#placeOf(index)
    if (table[hole] === 0) return
    // Those behind move up (backward-shift deletion, see `IdTable`).
    for (let place = (hole + 1) & mask; table[place] !== 0; place = (place + 1) & mask) {
      const displacement = (place - this.#homeOf(table[place]! - 1)) & mask
      if (displacement < ((place - hole) & mask)) continue
      table[hole] = table[place]!
      hole = place
    }
    table[hole] = 0
  }

  /** Spells `handle` into the slot of the one that is asked for. @returns whether it is a handle */
  #ask(handle: string): boolean {
    const length = handle.length
    if (length === 0 || length > handleLengthMax) return false
    this.#askedWords.fill(0)
    this.#askedBytes[0] = length
    for (let at = 0; at < length; at++) {
      const code = handle.charCodeAt(at)
      if (alphabet[code] !== 1) return false
      this.#askedBytes[at + 1] = code
    }
    return true
  }

  /** Where the search for the handle of this user begins. */
  #homeOf(index: number): number {
    const page = this.#wordPages[Math.floor(index / pageSlots)]!
    return hashOf(page, (index % pageSlots) * slotWords) >>> shiftOf(this.#table)
  }

  /** The place of this user, who has a handle, in the table, or the empty one that they would take. */
  #placeOf(index: number): number {
    const table = this.#table
    let place = this.#homeOf(index)
    while (table[place] !== 0 && table[place] !== index + 1)
      place = (place + 1) & (table.length - 1)
    return place
  }

  #ownerOfAsked(): number {
    const entry = this.#table[this.#placeOfAsked(this.#table)]!
    if (entry !== 0 || this.#old === undefined) return entry - 1
    return this.#old[this.#placeOfAsked(this.#old)]! - 1
  }

  /** The place in a table of the handle that is asked for, or the empty one that it would take. */
  #placeOfAsked(table: Uint32Array): number {
    let place = hashOf(this.#askedWords, 0) >>> shiftOf(table)
    for (;;) {
      const entry = table[place]!
      if (entry === 0 || this.#isAsked(entry - 1)) return place
      place = (place + 1) & (table.length - 1)
    }
  }

  /** Whether this user has the handle that is asked for. */
  #isAsked(index: number): boolean {
    const page = this.#wordPages[Math.floor(index / pageSlots)]!
    const word = (index % pageSlots) * slotWords
    const asked = this.#askedWords
    // Different bits, but for those of upper and lower case.
    const difference =
      (page[word]! ^ asked[0]!) |
      (page[word + 1]! ^ asked[1]!) |
      (page[word + 2]! ^ asked[2]!) |
      (page[word + 3]! ^ asked[3]!)
    return (difference & ~lowerCase) === 0
  }

  #grow(): void {
    const length = this.#table.length * 2
    if (length > tableMax) throw new RangeError(`a HandleTable holds at most ${this.#size} handles`)
    this.#move(Number.POSITIVE_INFINITY)
    this.#old = this.#table
    this.#table = new Uint32Array(length)
    this.#moved = 0
  }

  /** Enters the next users in the new table. By index instead of by place: the slots, the larger part, are read in order. */
  #move(count: number): void {
    if (this.#old === undefined) return
    const end = Math.min(this.#moved + count, this.#bytePages.length * pageSlots)
    for (; this.#moved < end; this.#moved++) {
      const index = this.#moved
      if (this.#hasHandle(index)) this.#table[this.#placeOf(index)] = index + 1
    }
    if (end === this.#bytePages.length * pageSlots) this.#old = undefined
  }

  #hasHandle(index: number): boolean {
    const page = this.#bytePages[Math.floor(index / pageSlots)]
    return (page?.[(index % pageSlots) * slotBytes] ?? 0) !== 0
  }

  /** Makes or enlarges pages until there is a slot for this user. */
  #reach(index: number): void {
    const number = Math.floor(index / pageSlots)
    while (this.#bytePages.length <= number) this.#putPage(this.#bytePages.length, 0)
    const slots = (index % pageSlots) + 1
    let held = this.#bytePages[number]!.length / slotBytes
    if (held >= slots) return
    held = number === 0 ? Math.max(held, firstPageSlots) : pageSlots
    while (held < slots) held *= 2
    this.#putPage(number, held)
  }

  /** Makes a page of so many slots in the place of the present one, and keeps what that holds. */
  #putPage(number: number, slots: number): void {
    const words = new Uint32Array(slots * slotWords)
    words.set(this.#wordPages[number] ?? [])
    this.#wordPages[number] = words
    this.#bytePages[number] = new Uint8Array(words.buffer)
  }
}
