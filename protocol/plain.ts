// Decodes the plain MessagePack of a stranger, after `scanPlain` (frame.ts) has let it through.
//
// Why not with the library: it makes ordinary objects, and V8 keeps a hidden class for every new order
// of keys. A few frames with a thousand made-up keys each cost hundreds of milliseconds that way. A
// map becomes an object without a prototype instead: V8 keeps it as a hash table from the start, keys
// cost the same whatever they are, and `__proto__` is a key like any other.

import { isUtf8 } from 'node:buffer'

const twoTo32 = 0x1_0000_0000

/** Thrown for bytes that are plain in shape and still no value: the client's fault. */
export class NotPlainError extends Error {
  override readonly name = 'NotPlainError'
}

/**
 * @param bytes one value, let through by `scanPlain`: nothing here looks for its end
 * @returns nil as null, integers beyond 2^53 rounded. Throws NotPlainError for text that is not UTF-8,
 * and for keys that are not text.
 */
export function decodePlain(bytes: Uint8Array): unknown {
  return new PlainReader(bytes).value()
}

class PlainReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(): unknown {
    const tag = this.#bytes[this.#offset++]!
    if (tag < 0x80) return tag
    if (tag < 0x90) return this.#map(tag & 0x0f)
    if (tag < 0xa0) return this.#array(tag & 0x0f)
    if (tag < 0xc0) return this.#text(tag & 0x1f)
    if (tag >= 0xe0) return tag - 0x100
    if (tag === 0xc0) return null
    if (tag <= 0xc3) return tag === 0xc3
    if (tag <= 0xd3) return this.#number(tag)
    if (tag <= 0xdb) return this.#text(this.#uint(1 << (tag - 0xd9)))
    const count = this.#uint(tag % 2 === 0 ? 2 : 4)
    return tag < 0xde ? this.#array(count) : this.#map(count)
  }

  #array(count: number): unknown[] {
    const items: unknown[] = []
    for (let index = 0; index < count; index++) items.push(this.value())
    return items
  }

  #map(count: number): Record<string, unknown> {
    const entries: Record<string, unknown> = Object.create(null)
    for (let index = 0; index < count; index++) {
      const name = this.value()
      if (typeof name !== 'string') throw new NotPlainError('a key that is not text')
      entries[name] = this.value()
    }
    return entries
  }

  #text(count: number): string {
    const start = this.#offset
    this.#offset += count
    const text = this.#bytes.utf8Slice(start, this.#offset)
    // Bytes that are no UTF-8 turn into this character; it may also be meant.
    if (text.includes('\ufffd') && !isUtf8(this.#bytes.subarray(start, this.#offset))) {
      throw new NotPlainError('text that is not UTF-8')
    }
    return text
  }

  #number(tag: number): number {
    const start = this.#offset
    if (tag === 0xca) {
      this.#offset += 4
      return this.#bytes.readFloatBE(start)
    }
    if (tag === 0xcb) {
      this.#offset += 8
      return this.#bytes.readDoubleBE(start)
    }
    const width = 1 << (tag & 0x03)
    const isSigned = tag >= 0xd0
    if (width < 8) {
      this.#offset += width
      return isSigned ? this.#bytes.readIntBE(start, width) : this.#bytes.readUIntBE(start, width)
    }
    this.#offset += 8
    const high = isSigned ? this.#bytes.readInt32BE(start) : this.#bytes.readUInt32BE(start)
    return high * twoTo32 + this.#bytes.readUInt32BE(start + 4)
  }

  #uint(width: number): number {
    const value = this.#bytes.readUIntBE(this.#offset, width)
    this.#offset += width
    return value
  }
}
