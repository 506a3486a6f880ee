// PagedTable: two 32-bit words for each dense 32-bit index, in shared memory. The timeline rings and
// the follow graph own one each; it says where the data of an index lies.
//
// Like a street directory: pages of 256 houses, and a list that says on which page a street is.
//
//     index 1300  ->  directory[1300 >>> 8 = 5]  ->  page 7  ->  house 1300 & 255  ->  word, word
//
// Indexes of one partition come in blocks with gaps between them. A page that nobody uses does not
// exist, so 64 tables of one partition each cost hardly more than one table of all.
//
// The rejected alternative is a header in front of the data itself: it costs a second miss in main
// memory per delivery, while 8 bytes an index side by side mostly stay in the cache.
//
// Promises: an entry never moves; one that was never written reads as two zeros. One thread at a time
// may call `entryFor`; others may read meanwhile.

/** Indexes are below this: entries then have 31-bit positions, and gaps in the graph 29 bits. */
export const INDEX_LIMIT = 2 ** 29

const PAGE_SHIFT = 8
const PAGE_MASK = (1 << PAGE_SHIFT) - 1
const PAGE_WORDS_SHIFT = PAGE_SHIFT + 1
const PAGE_WORDS = 1 << PAGE_WORDS_SHIFT
const WORD_BYTES = 4
const GROWTH_STEP_BYTES_MIN = 16 * 1024
/** Room for every index and for the directories of half the size before; address space only. */
const TABLE_BYTES_MAX = (INDEX_LIMIT * 2 + (INDEX_LIMIT >>> PAGE_SHIFT) * 4) * WORD_BYTES

// Page 0: the entry of two zeros that stands for every missing one, four words of state, and the
// first directory, enough for 128 thousand indexes.
const DIRECTORY = 2
const DIRECTORY_LENGTH = 3
const PAGES = 4
const FREE_PAGE = 5
const DIRECTORY_FIRST = 8

/** What a worker needs to attach. It can be structured-cloned; the memory itself is not copied. */
export type SharedPagedTable = { buffer: SharedArrayBuffer }

export class PagedTable {
  /** All entries, by position. Replaced after a growth. */
  words: Uint32Array
  readonly #buffer: SharedArrayBuffer

  private constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer
    this.words = viewOf(buffer)
  }

  static create(): PagedTable {
    const bytes = PAGE_WORDS * WORD_BYTES
    const table = new PagedTable(new SharedArrayBuffer(bytes, { maxByteLength: TABLE_BYTES_MAX }))
    table.words.set([DIRECTORY_FIRST, PAGE_WORDS - DIRECTORY_FIRST, 1], DIRECTORY)
    return table
  }

  /** What another thread needs for `attach`. */
  share(): SharedPagedTable {
    return { buffer: this.#buffer }
  }

  /** The same table, seen from the thread that received `shared`. */
  static attach({ buffer }: SharedPagedTable): PagedTable {
    return new PagedTable(buffer)
  }

  get bytes(): number {
    return this.words[PAGES]! * PAGE_WORDS * WORD_BYTES
  }

  /** Makes the view reach all entries again after another thread made the table grow. */
  refresh(): void {
    if (this.words[PAGES]! * PAGE_WORDS > this.words.length) this.words = viewOf(this.#buffer)
  }

  /**
   * The position in `words` of the two words of `index`. For an index that `entryFor` never saw it is
   * 0, where two zeros are that nobody may write.
   */
  entryOf(index: number): number {
    const { words } = this
    const street = index >>> PAGE_SHIFT
    if (street >= words[DIRECTORY_LENGTH]!) return 0
    const page = words[words[DIRECTORY]! + street]!
    return page === 0 ? 0 : (page << PAGE_WORDS_SHIFT) | ((index & PAGE_MASK) << 1)
  }

  /**
   * The position of the two words of `index`, which are new and zero where there were none. The view
   * may be replaced.
   * @throws RangeError if the index is not an integer from 0 to below INDEX_LIMIT
   */
  entryFor(index: number): number {
    if (!(Number.isInteger(index) && index >= 0 && index < INDEX_LIMIT)) {
      throw new RangeError(`${index} is not an index below ${INDEX_LIMIT}`)
    }
    const entry = this.entryOf(index)
    if (entry !== 0) return entry
    const street = index >>> PAGE_SHIFT
    if (street >= this.words[DIRECTORY_LENGTH]!) this.#growDirectory(street)
    const page = this.#takePage()
    this.words[this.words[DIRECTORY]! + street] = page
    return this.entryOf(index)
  }

  /** Moves the directory to a place at least twice as large; its old pages serve as pages. */
  #growDirectory(street: number): void {
    const start = this.words[DIRECTORY]!
    const length = this.words[DIRECTORY_LENGTH]!
    const pages = Math.ceil(Math.max(street + 1, 2 * length) / PAGE_WORDS)
    const target = this.#takePages(pages) * PAGE_WORDS
    this.words.copyWithin(target, start, start + length)
    this.words[DIRECTORY] = target
    this.words[DIRECTORY_LENGTH] = pages * PAGE_WORDS
    if (start < PAGE_WORDS) return
    for (let at = start; at < start + length; at += PAGE_WORDS) {
      this.words.fill(0, at, at + PAGE_WORDS)
      this.words[at] = this.words[FREE_PAGE]!
      this.words[FREE_PAGE] = at / PAGE_WORDS
    }
  }

  #takePage(): number {
    const page = this.words[FREE_PAGE]!
    if (page === 0) return this.#takePages(1)
    this.words[FREE_PAGE] = this.words[page * PAGE_WORDS]!
    this.words[page * PAGE_WORDS] = 0
    return page
  }

  /** `count` pages in a row, zero. Fresh memory is zero, so nothing is written here. */
  #takePages(count: number): number {
    const page = this.words[PAGES]!
    const bytesNeeded = (page + count) * PAGE_WORDS * WORD_BYTES
    const { byteLength } = this.#buffer
    if (bytesNeeded > byteLength) {
      const step = Math.max(GROWTH_STEP_BYTES_MIN, byteLength >>> 3)
      this.#buffer.grow(Math.min(Math.max(bytesNeeded, byteLength + step), TABLE_BYTES_MAX))
      this.words = viewOf(this.#buffer)
    }
    this.words[PAGES] = page + count
    return page
  }
}

function viewOf(buffer: SharedArrayBuffer): Uint32Array {
  return new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / WORD_BYTES))
}
