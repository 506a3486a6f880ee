// Records: a few 32-bit numbers for each dense index, side by side in memory.
//
//   page 0   [ record 0: author | body | favorites | … ][ record 1 … ]      4,096 records a page
//   page 1   [ record 4096 … ]
//
// Like a card in a card index: whoever has pulled it out reads all that is on it. A table of columns (each
// number in an array of its own) would fetch a line from main memory for each number; here a record of
// up to 16 words is one line, so an answer that needs all of it waits once.
//
// Owned by whoever holds the state; a single thread. Reading past the end gives zeros. Pages never move and the
// first one starts small, so no growth copies more than half a page.

const pageRecords = 4_096
const pageShift = 12
const firstPageRecords = 16
/** One cache line. */
const wordsMax = 16

const none = new Uint32Array(0)

export class Records {
  readonly #pages: Uint32Array[] = []
  readonly #shift: number
  #length = 0

  /** @param words of a record: a power of two up to 16 */
  constructor(words: number) {
    this.#shift = Math.log2(words)
    if (!Number.isInteger(this.#shift) || words > wordsMax)
      throw new RangeError(`a record has 1, 2, 4, 8 or 16 words, not ${words}`)
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    let bytes = 0
    for (const page of this.#pages) bytes += page.byteLength
    return bytes
  }

  /** One word of a record; 0 where it was never set. */
  get(index: number, word: number): number {
    if (index >= this.#length) return 0
    return this.#pages[index >>> pageShift]![((index & (pageRecords - 1)) << this.#shift) + word]!
  }

  set(index: number, word: number, value: number): void {
    if (index >= this.#length) this.#lengthen(index)
    this.#pages[index >>> pageShift]![((index & (pageRecords - 1)) << this.#shift) + word] = value
  }

  /** One word of each record, under a name of its own. */
  field(word: number): RecordField {
    return new RecordField(this, word)
  }

  /** Some words of each record that stand side by side. */
  range(word: number, words: number): RecordRange {
    return new RecordRange(this, word, word + words)
  }

  #lengthen(index: number): void {
    const last = index >>> pageShift
    for (let number = this.#pages.length - 1; number < last; number++) {
      this.#enlarge(number, pageRecords)
      this.#pages.push(none)
    }
    let records = last === 0 ? firstPageRecords : pageRecords
    while (records <= (index & (pageRecords - 1))) records *= 2
    this.#enlarge(last, records)
    this.#length = (last << pageShift) + records
  }

  #enlarge(number: number, records: number): void {
    const page = this.#pages[number]
    if (page === undefined || page.length >= records << this.#shift) return
    const larger = new Uint32Array(records << this.#shift)
    larger.set(page)
    this.#pages[number] = larger
  }
}

/** Some columns of `Records`: to copy what a record says, and to see later whether it still says so. */
export class RecordRange {
  readonly #records: Records
  readonly #start: number
  readonly #end: number

  constructor(records: Records, start: number, end: number) {
    this.#records = records
    this.#start = start
    this.#end = end
  }

  copyTo(index: number, out: Uint32Array, at: number): void {
    let to = at
    for (let word = this.#start; word < this.#end; word++)
      out[to++] = this.#records.get(index, word)
  }

  /** Whether a record says what `copyTo` once wrote there. */
  isAs(index: number, words: Uint32Array, at: number): boolean {
    let from = at
    for (let word = this.#start; word < this.#end; word++) {
      if (this.#records.get(index, word) !== words[from++]) return false
    }
    return true
  }
}

/** A column of `Records`: one number for each index. */
export class RecordField {
  readonly #records: Records
  readonly #word: number

  constructor(records: Records, word: number) {
    this.#records = records
    this.#word = word
  }

  get(index: number): number {
    return this.#records.get(index, this.#word)
  }

  set(index: number, value: number): void {
    this.#records.set(index, this.#word, value)
  }

  /** Adds modulo 2^32, so that sums come out right in whatever order their parts arrive. */
  add(index: number, difference: number): void {
    this.set(index, this.get(index) + difference)
  }
}
