// Decodes the MessagePack of a stranger: plain values only, and never more than the bytes that are
// really there can hold.
//
// Why not with the library: whatever its options say, it understands extensions, records and typed
// objects. And it makes ordinary objects, for which V8 keeps a hidden class for every new order of
// keys: a few frames with a thousand made-up keys each would block the process for hundreds of
// milliseconds. Here a map becomes an object without a prototype: V8 keeps it as a hash table from the
// start, a made-up key costs what any other costs, and `__proto__` is a key like any other.

import { isUtf8 } from 'node:buffer'
import { clientDepthMax, clientKeysMax } from './limits.ts'

const twoTo32 = 0x1_0000_0000

/** Thrown for bytes that are no plain value. The message says why, as in "ends too early". */
export class NotPlainError extends Error {
  override readonly name = 'NotPlainError'
}

/**
 * @param bytes exactly one value
 * @returns nil as null, a map as an object without a prototype, an integer beyond 2^53 rounded.
 * Throws NotPlainError for anything but nil, booleans, numbers, text, arrays and maps with text as
 * keys; for nesting or keys beyond the limits; for a count or length beyond the bytes that follow; for
 * text that is not UTF-8; for bytes left over.
 */
export function decodePlain(bytes: Uint8Array): unknown {
  const reader = new PlainReader(bytes)
  const value = reader.value(0)
  reader.end()
  return value
}

class PlainReader {
  readonly #bytes: Buffer
  #offset = 0
  #keyCount = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** @param depth how many arrays and maps are open around the value */
  value(depth: number): unknown {
    const tag = this.#bytes[this.#take(1)]!
    if (tag < 0x80) return tag
    if (tag < 0x90) return this.#map(tag & 0x0f, depth + 1)
    if (tag < 0xa0) return this.#array(tag & 0x0f, depth + 1)
    if (tag < 0xc0) return this.#text(tag & 0x1f)
    if (tag >= 0xe0) return tag - 0x100
    if (tag >= 0xdc) {
      const count = this.#uint(tag % 2 === 0 ? 2 : 4)
      return tag < 0xde ? this.#array(count, depth + 1) : this.#map(count, depth + 1)
    }
    if (tag >= 0xd9) return this.#text(this.#uint(1 << (tag - 0xd9)))
    if (tag === 0xc0) return null
    if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3
    if (tag >= 0xca && tag <= 0xd3) return this.#number(tag)
    throw new NotPlainError('holds a type that is not plain MessagePack')
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw new NotPlainError('has bytes left over')
  }

  #array(count: number, depth: number): unknown[] {
    this.#enter(count, depth)
    const items: unknown[] = []
    for (let index = 0; index < count; index++) items.push(this.value(depth))
    return items
  }

  #map(count: number, depth: number): Record<string, unknown> {
    this.#enter(count * 2, depth)
    this.#keyCount += count
    if (this.#keyCount > clientKeysMax)
      throw new NotPlainError(`has more than ${clientKeysMax} keys`)
    const entries: Record<string, unknown> = Object.create(null)
    for (let index = 0; index < count; index++) {
      const name = this.value(depth)
      if (typeof name !== 'string') throw new NotPlainError('has a key that is not text')
      entries[name] = this.value(depth)
    }
    return entries
  }

  /** A value takes a byte at least, so a count that lies is known before anything is made for it. */
  #enter(count: number, depth: number): void {
    if (depth > clientDepthMax) throw new NotPlainError(`is nested deeper than ${clientDepthMax}`)
    if (count > this.#bytes.length - this.#offset) throw new NotPlainError('ends too early')
  }

  #text(count: number): string {
    const start = this.#take(count)
    const text = this.#bytes.utf8Slice(start, start + count)
    // Bytes that are no UTF-8 turn into this character; it may also be meant.
    if (text.includes('\ufffd') && !isUtf8(this.#bytes.subarray(start, start + count))) {
      throw new NotPlainError('holds text that is not UTF-8')
    }
    return text
  }

  #number(tag: number): number {
    if (tag === 0xca) return this.#bytes.readFloatBE(this.#take(4))
    if (tag === 0xcb) return this.#bytes.readDoubleBE(this.#take(8))
    const width = 1 << (tag & 0x03)
    const isSigned = tag >= 0xd0
    const start = this.#take(width)
    if (width < 8) {
      return isSigned ? this.#bytes.readIntBE(start, width) : this.#bytes.readUIntBE(start, width)
    }
    const high = isSigned ? this.#bytes.readInt32BE(start) : this.#bytes.readUInt32BE(start)
    return high * twoTo32 + this.#bytes.readUInt32BE(start + 4)
  }

  #uint(width: number): number {
    return this.#bytes.readUIntBE(this.#take(width), width)
  }

  /** Moves on by so many bytes; gives where they start. */
  #take(count: number): number {
    const start = this.#offset
    if (count > this.#bytes.length - start) throw new NotPlainError('ends too early')
    this.#offset = start + count
    return start
  }
}
