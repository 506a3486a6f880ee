// FlatTable: two 32-bit words for each dense 32-bit index, in shared memory. The timeline rings own one;
// it says where the ring of an index lies.
//
//     index 3  ->  | 0 0 | . . | . . | . . | word word | ...
//                    ^ stands for every index that the table does not reach
//
// Like a wall of letter boxes: one for everybody, whether letters come or not. The operating system does
// the rest: a page of memory that nobody wrote to does not exist, so indexes without a ring cost address
// space alone. A table in pages of our own (paged-table.ts) is smaller where few are in use, and costs the
// delivery loop three more dependent reads: 5 instead of 12 million deliveries a second on two busy cores.
//
// Promises: an entry never moves; one that was never written reads as two zeros. One thread at a time
// may call `entryFor`; others may read meanwhile.

import { INDEX_LIMIT } from './paged-table.ts'
import { setAside } from './set-aside.ts'

const WORD_BYTES = 4
/** Entry 0 is the missing one. */
const FIRST_ENTRY = 1
const TABLE_BYTES_MAX = (INDEX_LIMIT + FIRST_ENTRY) * 2 * WORD_BYTES
const GROWTH_STEP_BYTES_MIN = 64 * 1024

/** What a worker needs to attach. It can be structured-cloned; the memory itself is not copied. */
export type SharedFlatTable = { buffer: SharedArrayBuffer; length: SharedArrayBuffer }

export class FlatTable {
  /** All entries, by position. Replaced after a growth. */
  words: Uint32Array
  readonly #buffer: SharedArrayBuffer
  /** One number: how many words are in use, which may be less than there is room for. */
  readonly #length: Uint32Array

  private constructor({ buffer, length }: SharedFlatTable) {
    this.#buffer = buffer
    this.#length = new Uint32Array(length)
    this.words = viewOf(buffer)
  }

  static create(): FlatTable {
    const buffer = setAside(GROWTH_STEP_BYTES_MIN, TABLE_BYTES_MAX)
    const table = new FlatTable({ buffer, length: new SharedArrayBuffer(WORD_BYTES) })
    table.#length[0] = GROWTH_STEP_BYTES_MIN / WORD_BYTES
    return table
  }

  /** What another thread needs for `attach`. */
  share(): SharedFlatTable {
    return { buffer: this.#buffer, length: this.#length.buffer as SharedArrayBuffer }
  }

  /** The same table, seen from the thread that received `shared`. */
  static attach(shared: SharedFlatTable): FlatTable {
    return new FlatTable(shared)
  }

  /** Bytes of entries. Pages that were never written are counted, and not resident. */
  get bytes(): number {
    return this.#length[0]! * WORD_BYTES
  }

  /** Makes the view reach all entries again after another thread made the table grow. */
  refresh(): void {
    if (this.#length[0]! > this.words.length) this.words = viewOf(this.#buffer)
  }

  /**
   * The position in `words` of the two words of `index`. For an index that the table does not reach it
   * is 0, where two zeros are that nobody may write.
   */
  entryOf(index: number): number {
    const entry = (index + FIRST_ENTRY) << 1
    return entry < this.words.length ? entry : 0
  }

  /** The index whose words stand at this position. */
  indexOf(entry: number): number {
    return (entry >>> 1) - FIRST_ENTRY
  }

  /**
   * The position of the two words of `index`. The view may be replaced.
   * @throws RangeError if the index is not an integer from 0 to below INDEX_LIMIT
   */
  entryFor(index: number): number {
    if (!(Number.isInteger(index) && index >= 0 && index < INDEX_LIMIT)) {
      throw new RangeError(`${index} is not an index below ${INDEX_LIMIT}`)
    }
    const entry = (index + FIRST_ENTRY) << 1
    this.refresh()
    if (entry >= this.#length[0]!) this.#lengthen((entry + 2) * WORD_BYTES)
    return entry
  }

  #lengthen(bytesNeeded: number): void {
    const step = Math.max(GROWTH_STEP_BYTES_MIN, this.bytes / 4)
    const words = Math.ceil(Math.max(bytesNeeded, this.bytes + step) / WORD_BYTES)
    const bytes = Math.min(words * WORD_BYTES, TABLE_BYTES_MAX)
    if (bytes > this.#buffer.byteLength) {
      this.#buffer.grow(bytes)
      this.words = viewOf(this.#buffer)
    }
    this.#length[0] = bytes / WORD_BYTES
  }
}

function viewOf(buffer: SharedArrayBuffer): Uint32Array {
  return new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / WORD_BYTES))
}
