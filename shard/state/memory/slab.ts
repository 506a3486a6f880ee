// Block memory: the one allocator under the timeline rings and the follow graph. Each structure owns
// one slab; the slab knows nothing of what its blocks hold.
//
// Like a car park with a deck for every vehicle size: a page (deck) holds blocks of one size class,
// and when a car leaves, the last one of its class is driven into the gap:
//
//     page (pageUnits)   | next, class | block | block | block | block |  (free)  |
//                                          ^ freed          | the last block moves here,
//                                          '----------------'  the caller corrects who points at it
//
// So every page of a class is full except the newest, and an emptied page serves any other class.
// With ordinary free lists a structure whose blocks all grow leaves every smaller size behind as
// garbage: rings that grow from 16 to 800 entries would hold 1,008 dead entries for 800 live ones.
//
// The memory is one SharedArrayBuffer. It is set aside whole (set-aside.ts) where the owner wants it so, or
// starts with a few KB and grows in place without a copy; a worker that was given it once sees each later
// growth. Its views are of FIXED length and made again after a growth. Measured on Node 22.23 and two shared
// cores, 4 GB of rings written at random, in million writes per second: fixed view on a growable buffer 8 to 11, one plain buffer 5 to
// 12, pages of 8 MB buffers 5 to 8, length-tracking view on a growable buffer 1.6. Creating one takes
// about 7 us, and what was never touched is not resident.
//
// Promises: no other thread sees a half-done change unnoticed (`version` is odd while one is under
// way, and differs after it: a sequence lock), provided that one thread at a time makes changes.

import { setAside } from './set-aside.ts'

/** Bytes of a unit. A block reference is its first unit, so 32 bits reach 32 GiB. */
export const UNIT_BYTES = 8
/** Address space set aside for one slab unless told otherwise. It costs no memory until used. */
export const SLAB_BYTES_MAX = 8 * 2 ** 30
/** Size classes one slab may have; their state lives in page 0. */
export const SIZE_CLASSES_MAX = 128

const REFERENCE_LIMIT = 2 ** 32
/** A window spans 512 MiB, so that the position of a half byte in it stays a small integer for V8. */
const WINDOW_UNITS = 2 ** 26
const GROWTH_STEP_BYTES_MIN = 64 * 1024

// Page 0 in 32-bit words. Words 4 to 7 are two 64-bit numbers for the owner of the slab.
const VERSION = 0
const GROWTHS = 1
const PAGES = 2
const FREE_PAGE = 3
const OWNER_NUMBER_UNIT = 2
const OWNER_ID_UNIT = 3
const CLASSES = 8

/** A part of the memory, to be read and written by the byte, and read by the word at any byte. */
export type Window = { readonly octets: Uint8Array; readonly view: DataView }

/** What a worker needs to attach. It can be structured-cloned; the memory itself is not copied. */
export type SharedSlab = { buffer: SharedArrayBuffer; blockUnits: Uint32Array; pageUnits: number }

export class Slab {
  /** The memory as 64-bit floats and as 32-bit words. Replaced after a growth. */
  slots!: Float64Array
  words!: Uint32Array
  readonly #windows: Window[] = []
  /** Units of a block, by size class, ascending. */
  readonly blockUnits: Uint32Array
  readonly #blocksPerPage: Uint32Array
  readonly #pageUnits: number
  readonly #buffer: SharedArrayBuffer
  /** The words in front of the classes, for what is asked before the views are made. */
  readonly #head: Uint32Array
  #growthsSeen = 0

  private constructor({ buffer, blockUnits, pageUnits }: SharedSlab) {
    this.#buffer = buffer
    this.#head = new Uint32Array(buffer, 0, CLASSES)
    this.blockUnits = blockUnits
    this.#pageUnits = pageUnits
    // The first unit links pages. The last stays free, so that one slot past a block is still memory.
    this.#blocksPerPage = blockUnits.map((units) => Math.floor((pageUnits - 2) / units))
    this.#makeViews()
  }

  /**
   * An empty slab. `pageUnits` is a power of two of at least 256 that holds the largest block. One with `isSetAside`
   * may lie in huge pages: quicker where all of it is written at random, and up to 2 MB that nobody uses.
   * @throws RangeError if the sizes do not fit together
   */
  static create(options: {
    blockUnits: Uint32Array
    pageUnits: number
    bytesMax?: number | undefined
    isSetAside?: boolean
  }): Slab {
    const { blockUnits, pageUnits, bytesMax = SLAB_BYTES_MAX, isSetAside = false } = options
    const largest = blockUnits.at(-1) ?? 0
    if (blockUnits.length > SIZE_CLASSES_MAX || largest === 0 || largest > pageUnits - 2) {
      throw new RangeError(`no page of ${pageUnits} units holds a block of ${largest}`)
    }
    if (pageUnits < 256 || WINDOW_UNITS % pageUnits !== 0) {
      throw new RangeError(`a page of ${pageUnits} units is not a power of two of at least 256`)
    }
    const pageBytes = pageUnits * UNIT_BYTES
    const maxByteLength = Math.min(Math.max(bytesMax, 2 * pageBytes), REFERENCE_LIMIT * UNIT_BYTES)
    const buffer = isSetAside
      ? setAside(pageBytes, maxByteLength)
      : new SharedArrayBuffer(pageBytes, { maxByteLength })
    const slab = new Slab({ buffer, blockUnits, pageUnits })
    slab.words[PAGES] = 1
    return slab
  }

  /** What another thread needs for `attach`. */
  share(): SharedSlab {
    return { buffer: this.#buffer, blockUnits: this.blockUnits, pageUnits: this.#pageUnits }
  }

  /** The same memory, seen from the thread that received `shared`. */
  static attach(shared: SharedSlab): Slab {
    return new Slab(shared)
  }

  /** Bytes of all pages ever used. Those that are free now count too: they stay for the next use. */
  get bytes(): number {
    return this.words[PAGES]! * this.#pageUnits * UNIT_BYTES
  }

  /** One number that the owner of the slab keeps in shared memory. */
  get ownerNumber(): number {
    return this.slots[OWNER_NUMBER_UNIT]!
  }

  set ownerNumber(value: number) {
    this.slots[OWNER_NUMBER_UNIT] = value
  }

  /** A second one, for an id. */
  get ownerId(): number {
    return this.slots[OWNER_ID_UNIT]!
  }

  set ownerId(value: number) {
    this.slots[OWNER_ID_UNIT] = value
  }

  /** Even while the content is at rest; see the sequence lock in the header. */
  get version(): number {
    return Atomics.load(this.words, VERSION)
  }

  /** Marks the start or the end of a change that a reader in another thread must not see half of. */
  turnVersion(): void {
    Atomics.store(this.words, VERSION, this.words[VERSION]! + 1)
  }

  /** Makes the views reach all memory again after another thread made the slab grow. */
  refresh(): void {
    if (this.words[GROWTHS] !== this.#growthsSeen) this.#makeViews()
  }

  /** The same for a reader who was led to where the views do not reach. */
  renew(): void {
    if (this.#buffer.byteLength > this.words.byteLength) this.#makeViews()
  }

  /** The bytes around a reference; the block starts at `byteOf(reference)` in them. */
  windowOf(reference: number): Window {
    return this.#windows[reference >>> 26]!
  }

  /**
   * A block of the class, holding whatever it held before. The views may be replaced.
   * @throws RangeError if the address space that was set aside is used up
   */
  allocate(sizeClass: number): number {
    const state = CLASSES + 2 * sizeClass
    let page = this.words[state]!
    let count = this.words[state + 1]!
    if (page === 0 || count === this.#blocksPerPage[sizeClass]) {
      const below = page
      page = this.#takePage()
      this.words[this.#headerOf(page)] = below
      this.words[this.#headerOf(page) + 1] = sizeClass
      this.words[state] = page
      count = 0
    }
    this.words[state + 1] = count + 1
    return page * this.#pageUnits + 1 + count * this.blockUnits[sizeClass]!
  }

  /** The class of a block. */
  sizeClassOf(reference: number): number {
    return this.words[this.#headerOf(Math.floor(reference / this.#pageUnits)) + 1]!
  }

  /**
   * Gives a block back. Returns 0, or the reference of the block that was moved into its place and
   * must from now on be called `reference`.
   */
  free(sizeClass: number, reference: number): number {
    const { words } = this
    const state = CLASSES + 2 * sizeClass
    const units = this.blockUnits[sizeClass]!
    const page = words[state]!
    let count = words[state + 1]! - 1
    const last = page * this.#pageUnits + 1 + count * units
    if (last !== reference) this.copy({ from: last, to: reference, units })
    if (count === 0) {
      const below = words[this.#headerOf(page)]!
      words[this.#headerOf(page)] = words[FREE_PAGE]!
      words[FREE_PAGE] = page
      words[state] = below
      count = below === 0 ? 0 : this.#blocksPerPage[sizeClass]!
    }
    words[state + 1] = count
    return last === reference ? 0 : last
  }

  /** Copies whole units. As 32-bit words, because a copy by floats may alter bits that look like NaN. */
  copy({ from, to, units }: { from: number; to: number; units: number }): void {
    const { words } = this
    const end = 2 * (from + units)
    for (let source = 2 * from, target = 2 * to; source < end; source++, target++) {
      words[target] = words[source]!
    }
  }

  #headerOf(page: number): number {
    return page * this.#pageUnits * 2
  }

  #takePage(): number {
    const free = this.words[FREE_PAGE]!
    if (free !== 0) {
      this.words[FREE_PAGE] = this.words[this.#headerOf(free)]!
      return free
    }
    const page = this.words[PAGES]!
    const bytesNeeded = (page + 1) * this.#pageUnits * UNIT_BYTES
    if (bytesNeeded > this.#buffer.byteLength) this.#grow(bytesNeeded)
    this.words[PAGES] = page + 1
    return page
  }

  /** Grows by an eighth at least: views are made again seldom, and untouched memory costs nothing. */
  #grow(bytesNeeded: number): void {
    const { byteLength, maxByteLength } = this.#buffer
    if (bytesNeeded > maxByteLength) {
      throw new RangeError(`slab is full: ${maxByteLength} bytes were set aside for it`)
    }
    const step = Math.max(GROWTH_STEP_BYTES_MIN, byteLength >>> 3)
    const pageBytes = this.#pageUnits * UNIT_BYTES
    const wanted = Math.ceil(Math.max(bytesNeeded, byteLength + step) / pageBytes) * pageBytes
    this.#buffer.grow(Math.min(wanted, maxByteLength))
    Atomics.add(this.#head, GROWTHS, 1)
    this.#makeViews()
  }

  #makeViews(): void {
    // Before the length: a growth between the two is seen by the next refresh, where it would be missed for good.
    this.#growthsSeen = Atomics.load(this.#head, GROWTHS)
    const units = Math.floor(this.#buffer.byteLength / UNIT_BYTES)
    this.slots = new Float64Array(this.#buffer, 0, units)
    this.words = new Uint32Array(this.#buffer, 0, units * 2)
    this.#windows.length = 0
    for (let start = 0; start < units; start += WINDOW_UNITS) {
      const place = [
        start * UNIT_BYTES,
        Math.min(WINDOW_UNITS, units - start) * UNIT_BYTES,
      ] as const
      this.#windows.push({
        octets: new Uint8Array(this.#buffer, ...place),
        view: new DataView(this.#buffer, ...place),
      })
    }
  }
}

/** Where the block starts in the bytes that `Slab.windowOf` gives. */
export function byteOf(reference: number): number {
  return (reference & (WINDOW_UNITS - 1)) * UNIT_BYTES
}
