// Batches: the compact forms in which an import travels and stands in a log.
//
// Follows of users of one partition stand by follower, as in an address book with one tab for each person.
// All ids ascend, so that only the step to the next one is written, and nothing can be there twice:
//
//     follower | how many | followee  followee  …       follower | how many | …
//     (step)                (first in full, then steps)  (step)
//
// Numbers are varints: seven bits in a byte, lowest first, and a high bit that says that more follow. A
// follow takes 3 to 4 bytes so among 50,000 users who came in within a minute and follow 50 each, and 6.4
// where each follows 2; two plain ids take 18.
//
// Writers and readers are reused, and a reader makes no object for an edge: an import of a hundred million
// follows passes through here three times.

import { importFollowsMax } from './limits.ts'
import { writeVarint } from './varint.ts'

/** The longest varint of an id: 53 bits. */
const varintBytesMax = 8
const idBytes = 8

/** Thrown for bytes that are no batch. The message says why, as in "ends too early". */
export class BatchError extends Error {
  override readonly name = 'BatchError'
}

/** Ids in any order, 8 bytes each (a float, lowest byte first). */
export function packIds(ids: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * idBytes)
  for (let place = 0; place < ids.length; place++) {
    bytes.writeDoubleLE(ids[place]!, place * idBytes)
  }
  return bytes
}

/** What `packIds` packed. */
export function unpackIds(bytes: Uint8Array): Float64Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ids = new Float64Array(Math.floor(bytes.length / idBytes))
  for (let place = 0; place < ids.length; place++) ids[place] = buffer.readDoubleLE(place * idBytes)
  return ids
}

/** Writes one batch after the other. */
export class FollowBatchWriter {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024)
  #length = 0
  #follower = 0
  #followee = 0

  /** Starts a new batch. */
  reset(): void {
    this.#length = 0
    this.#follower = 0
  }

  /** Starts a follower, with a larger id than the one before; `count` calls of `add` follow. */
  begin(followerId: number, count: number): void {
    this.#reserve((2 + count) * varintBytesMax)
    this.#integer(followerId - this.#follower)
    this.#integer(count)
    this.#follower = followerId
    this.#followee = 0
  }

  /** Adds whom the follower follows, with a larger id than the one before. */
  add(followeeId: number): void {
    this.#integer(followeeId - this.#followee)
    this.#followee = followeeId
  }

  /** What was written, as a copy. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  #integer(value: number): void {
    this.#length = writeVarint(this.#bytes, this.#length, value)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow((this.#length + count) * 2)
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/** Reads a batch follower by follower. */
export class FollowBatchReader {
  /** The present follower. */
  followerId = 0
  /** Whom they follow, ascending: the first `count` hold, until `next`. */
  readonly followees = new Float64Array(importFollowsMax)
  count = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #offset = 0
  #total = 0

  /** Goes to the start of a batch. */
  open(bytes: Uint8Array): this {
    this.#bytes = bytes
    this.#offset = 0
    this.#total = 0
    this.followerId = 0
    return this
  }

  /**
   * Goes to the next follower. @returns whether there is one
   * @throws BatchError for bytes that no writer writes, and beyond `importFollowsMax` follows
   */
  next(): boolean {
    if (this.#offset === this.#bytes.length) return false
    const step = this.#integer()
    this.followerId += step
    const count = this.#integer()
    this.#total += count
    if (step === 0 || count === 0) throw new BatchError('holds a follower twice, or nobody')
    if (this.#total > importFollowsMax) {
      throw new BatchError(`has more than ${importFollowsMax} follows`)
    }
    let followee = 0
    for (let place = 0; place < count; place++) {
      const followeeStep = this.#integer()
      if (followeeStep === 0) throw new BatchError('holds a follow twice')
      followee += followeeStep
      this.followees[place] = followee
    }
    this.count = count
    if (!Number.isSafeInteger(this.followerId) || !Number.isSafeInteger(followee)) {
      throw new BatchError('holds what is no id')
    }
    return true
  }

  #integer(): number {
    const bytes = this.#bytes
    let byte = this.#byte()
    if (byte < 128) return byte
    let value = byte & 127
    // Bits up to here are put together as 32-bit integers, which is far quicker than with floats.
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[this.#offset++]!
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
    for (let factor = 2 ** 28; factor < 2 ** 56; factor *= 128) {
      byte = this.#byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
    throw new BatchError('holds a number that is too long')
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset++]
    if (byte === undefined) throw new BatchError('ends too early')
    return byte
  }
}

/** How many follows a batch holds. Throws BatchError as its reader does. */
export function countFollows(reader: FollowBatchReader, bytes: Uint8Array): number {
  let count = 0
  for (reader.open(bytes); reader.next(); ) count += reader.count
  return count
}
