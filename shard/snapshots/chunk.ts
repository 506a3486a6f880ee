// Chunks: the pieces that a snapshot file is made of, and the few encodings in them.
//
// A chunk holds records of one section (a kind of facts) and one group in it (for follows: whom they
// are directed at), and can be decoded alone: whoever needs only some facts reads only their chunks.
// So a record never goes over the end of a chunk, and what is written as a difference to the record
// before starts anew in each.
//
// Numbers are varints: seven bits in a byte, lowest first, and a high bit that says that more follow.

import { type Partition, partitionsMax, sequencesPerMs } from '../../protocol/ids.ts'
import { writeVarint } from '../../protocol/varint.ts'

/** Bytes of a chunk without its head. */
export const chunkBytesMax = 256 * 1024
/** The longest varint: 53 bits. */
export const varintBytesMax = 8

const idUnitsPerMs = partitionsMax * sequencesPerMs

/** An id without its partition: eight bits shorter, and in the same order within the partition. */
export function idWithin(id: number): number {
  return Math.floor(id / idUnitsPerMs) * sequencesPerMs + (id % sequencesPerMs)
}

export function idFrom(within: number, partition: Partition): number {
  const ms = Math.floor(within / sequencesPerMs)
  return ms * idUnitsPerMs + partition * sequencesPerMs + (within % sequencesPerMs)
}

/** Where a chunk goes to when it is full. */
export type ChunkSink = (chunk: { section: number; group: number; payload: Buffer }) => void

export class ChunkWriter {
  readonly #bytes = Buffer.allocUnsafeSlow(chunkBytesMax)
  readonly #sink: ChunkSink
  #length = 0
  #section = 0
  #group = 0
  #isNew = true

  constructor(sink: ChunkSink) {
    this.#sink = sink
  }

  /** What follows belongs to this section and group. */
  begin(section: number, group = 0): void {
    this.end()
    this.#section = section
    this.#group = group
  }

  /** Hands over what there is. */
  end(): void {
    if (this.#length > 0) {
      const payload = this.#bytes.subarray(0, this.#length)
      this.#sink({ section: this.#section, group: this.#group, payload })
    }
    this.#length = 0
    this.#isNew = true
  }

  /**
   * Starts a record of at most so many bytes.
   * @returns whether it is the first of its chunk: then there is no record before it to differ from
   * @throws RangeError where no chunk holds it
   */
  record(bytesMax: number): boolean {
    if (bytesMax > chunkBytesMax)
      throw new RangeError(`no chunk holds a record of ${bytesMax} bytes`)
    if (this.#length + bytesMax > chunkBytesMax) this.end()
    const isNew = this.#isNew
    this.#isNew = false
    return isNew
  }

  /** @param value an integer from 0 to below 2^53 */
  integer(value: number): void {
    this.#length = writeVarint(this.#bytes, this.#length, value)
  }

  /** A length and the bytes. */
  bytes(bytes: Uint8Array): void {
    this.integer(bytes.length)
    Buffer.prototype.copy.call(bytes, this.#bytes, this.#length)
    this.#length += bytes.length
  }

  text(text: string): void {
    const length = Buffer.byteLength(text)
    this.integer(length)
    this.#bytes.utf8Write(text, this.#length, length)
    this.#length += length
  }
}

/** The most that `text` and `bytes` take for so many bytes. */
export function bytesMaxOf(text: string | Uint8Array): number {
  return varintBytesMax + Buffer.byteLength(text)
}

export class ChunkReader {
  bytes: Buffer = Buffer.alloc(0)
  offset = 0

  /** Goes to the start of a chunk's payload. */
  open(payload: Buffer): void {
    this.bytes = payload
    this.offset = 0
  }

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length
  }

  integer(): number {
    const { bytes } = this
    let byte = bytes[this.offset++]!
    if (byte < 128) return byte
    let value = byte & 127
    let shift = 7
    for (; shift < 28; shift += 7) {
      byte = bytes[this.offset++]!
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
    for (let factor = 2 ** 28; ; factor *= 128) {
      byte = bytes[this.offset++]!
      value += (byte & 127) * factor
      if (!(byte >= 128)) return value
    }
  }

  /** Passes over a length and the bytes. @returns where they were */
  range(): { from: number; to: number } {
    const length = this.integer()
    const from = this.offset
    this.offset += length
    return { from, to: this.offset }
  }

  text(): string {
    const { from, to } = this.range()
    return this.bytes.utf8Slice(from, to)
  }
}
