// UserIndex: the dictionary of users. Outside this process a user is a 53-bit id, inside a dense
// 32-bit index, given out once and never taken back while the process lives.
//
//   index       0 .. 255       256 .. 511     512 .. 767
//   block     [ partition 3 | partition 60 | partition 3 | ...
//   ids       [ a b c d . . | x y . . . . .| e . . . . . |
//                                               ^ the next user of partition 3
//
// Like a cinema that sells whole rows: each partition fills its own row, and takes the next free
// one when that is full. So a sorted list of indexes falls apart into runs that belong to one
// partition each, without a look at any id, and the readers of a partition are a few ranges. The
// price is one unfinished row per partition.
//
// Owned by whoever holds the state; a single thread. Indexes differ from process to process and
// from run to run: nothing that leaves the process (log, snapshot, digest) may hold one.

import { type Partition, partitionOfId, partitionsMax } from '../../../protocol/ids.ts'
import { absent, IdTable } from '../memory/id-table.ts'

/** Users per block, where the owner does not say otherwise. */
export const blockUsersDefault = 256
const blockUsersMax = 65_536
/** Ids lie in pages of this many. The first page starts small and doubles up to here. */
const pageUsers = 4_096
const firstPageUsers = 64
/** One index is kept free, so that index + 1 is a 32-bit number everywhere. */
const indexesMax = 2 ** 32 - 1

/** User id to dense index and back. */
export class UserIndex {
  /** Users per block. */
  readonly blockUsers: number
  readonly #indexes = new IdTable()
  readonly #pages: Float64Array[] = []
  /** The partition of every block. */
  #partitions = new Uint8Array(16)
  /** The lowest and the highest id of every block. */
  #lowest = new Float64Array(16)
  #highest = new Float64Array(16)
  #blockCount = 0
  /** For each partition one past its newest index; a multiple of the block size: take a new block. */
  readonly #nextIndexes = new Uint32Array(partitionsMax)
  #indexEnd = 0

  /** @param options `blockUsers`: users per block, a power of two up to 65,536 */
  constructor({ blockUsers = blockUsersDefault }: { blockUsers?: number } = {}) {
    if (!Number.isInteger(Math.log2(blockUsers)) || blockUsers < 1 || blockUsers > blockUsersMax)
      throw new RangeError(`blockUsers is a power of two up to ${blockUsersMax}, not ${blockUsers}`)
    this.blockUsers = blockUsers
  }

  /** Users known. */
  get count(): number {
    return this.#indexes.size
  }

  /** One past the highest index given out: the length of an array with a place for every user. */
  get indexEnd(): number {
    return this.#indexEnd
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    let bytes = this.#indexes.bytes + this.#nextIndexes.byteLength
    for (const ofBlocks of [this.#partitions, this.#lowest, this.#highest]) {
      bytes += ofBlocks.byteLength
    }
    for (const page of this.#pages) bytes += page.byteLength
    return bytes
  }

  /** @returns the index of this user, or -1 (`absent`) where none was given out */
  find(id: number): number {
    return this.#indexes.get(id)
  }

  /**
   * The index of this user; gives one out at the first call.
   * @throws RangeError where `id` cannot be one, or all 2^32 - 1 indexes are given out
   */
  intern(id: number): number {
    const known = this.#indexes.get(id)
    if (known !== absent) return known
    const partition = partitionOfId(id)
    let index = this.#nextIndexes[partition]!
    if (index % this.blockUsers === 0) index = this.#takeBlock(partition)
    this.#indexes.set(id, index)
    this.#keep(index, id)
    this.#nextIndexes[partition] = index + 1
    this.#indexEnd = Math.max(this.#indexEnd, index + 1)
    return index
  }

  /** The same for the first `count` ids, into the start of `indexes`: quicker than one by one. */
  internMany(ids: Float64Array, count: number, indexes: Int32Array): void {
    this.#indexes.getMany(ids, count, indexes)
    for (let place = 0; place < count; place++) {
      if (indexes[place] === absent) indexes[place] = this.intern(ids[place]!)
    }
  }

  /** @returns the id behind an index, or -1 (`absent`) where the index is not given out */
  idOf(index: number): number {
    // Ids start at 1, so 0 is a place that is not taken yet.
    return this.#pages[Math.floor(index / pageUsers)]?.[index % pageUsers] || absent
  }

  /** @returns the partition of the block of this index, or -1 (`absent`) where there is none */
  partitionOf(index: number): Partition {
    const block = Math.floor(index / this.blockUsers)
    return block < this.#blockCount ? this.#partitions[block]! : absent
  }

  /** Blocks that partitions have taken. */
  get blockCount(): number {
    return this.#blockCount
  }

  /** The lowest id in a block that a partition has taken. */
  lowestOf(block: number): number {
    return this.#lowest[block]!
  }

  /** The highest id in a block that a partition has taken. */
  highestOf(block: number): number {
    return this.#highest[block]!
  }

  /** About how many users of one partition are known: full blocks count whole. */
  countOf(partition: Partition): number {
    let blocks = 0
    for (let block = 0; block < this.#blockCount; block++) {
      if (this.#partitions[block] === partition) blocks++
    }
    return blocks * this.blockUsers
  }

  /** Visits the indexes of one partition, ascending. `visit` must not give out new ones. */
  forEachOf(partition: Partition, visit: (index: number) => void): void {
    // Every block of the partition is full but the one that holds its newest index.
    const newestEnd = this.#nextIndexes[partition]!
    for (let block = 0; block < this.#blockCount; block++) {
      if (this.#partitions[block] !== partition) continue
      const start = block * this.blockUsers
      const end = Math.min(start + this.blockUsers, newestEnd)
      for (let index = start; index < end; index++) visit(index)
    }
  }

  /** The indexes of one partition, ascending, as they are now: for walks that are long, or are paused. */
  listOf(partition: Partition): Uint32Array {
    const indexes = new Uint32Array(this.countOf(partition))
    let count = 0
    this.forEachOf(partition, (index) => {
      indexes[count++] = index
    })
    return indexes.subarray(0, count)
  }

  /** @returns the first index of a new block */
  #takeBlock(partition: Partition): number {
    const block = this.#blockCount
    if ((block + 1) * this.blockUsers > indexesMax)
      throw new RangeError(`a process knows at most ${indexesMax} users`)
    if (block === this.#partitions.length) this.#makeRoomForBlocks(block * 2)
    this.#partitions[block] = partition
    this.#lowest[block] = Number.POSITIVE_INFINITY
    this.#blockCount++
    return block * this.blockUsers
  }

  #makeRoomForBlocks(count: number): void {
    const [partitions, lowest, highest] = [this.#partitions, this.#lowest, this.#highest]
    this.#partitions = new Uint8Array(count)
    this.#partitions.set(partitions)
    this.#lowest = new Float64Array(count)
    this.#lowest.set(lowest)
    this.#highest = new Float64Array(count)
    this.#highest.set(highest)
  }

  /** Writes down the id of an index; makes or enlarges its page where needed. */
  #keep(index: number, id: number): void {
    const block = Math.floor(index / this.blockUsers)
    this.#lowest[block] = Math.min(this.#lowest[block]!, id)
    this.#highest[block] = Math.max(this.#highest[block]!, id)
    const number = Math.floor(index / pageUsers)
    const position = index % pageUsers
    // Blocks are at most some pages long, so that the pages in between are soon in use.
    while (this.#pages.length <= number) {
      const isFirst = this.#pages.length === 0
      this.#pages.push(new Float64Array(isFirst ? firstPageUsers : pageUsers))
    }
    let page = this.#pages[number]!
    if (position >= page.length) {
      let length = page.length * 2
      while (position >= length) length *= 2
      const larger = new Float64Array(length)
      larger.set(page)
      this.#pages[number] = page = larger
    }
    page[position] = id
  }
}
