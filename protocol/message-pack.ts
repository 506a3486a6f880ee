// MessagePack by definition: writes the declared fields of an answer, a push or an event, and reads
// what was written by the same definition.
//
// This is the encoding of the hot paths: bytes are written straight into one growing buffer, and an
// encoded tweet is copied as it is. Only the declared fields are ever written, so nothing that a
// handler happens to hold can leak. What a *client* sends never comes here; it goes through
// frame.ts, which trusts nothing.
// Format: the MessagePack specification, github.com/msgpack/msgpack/blob/master/spec.md.

import type { Field, Fields, Values } from './fields.ts'

const twoTo32 = 0x1_0000_0000
/** Up to here a loop copies faster than a call into native code. */
const loopBytesMax = 40

/** Writes MessagePack into a buffer of its own that grows by doubling. Reuse it with `reset`. */
export class MessagePackWriter {
  #bytes: Buffer
  #view: DataView
  /** Of the buffer: asked for at each write, which a buffer answers slowly. */
  #capacity: number
  #length = 0

  constructor(bytesInitial = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(bytesInitial)
    this.#capacity = bytesInitial
    this.#view = viewOf(this.#bytes)
  }

  get length(): number {
    return this.#length
  }

  reset(): void {
    this.#length = 0
  }

  /** Takes back what was written behind the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length
  }

  /** What was written, as a view: valid until the next write or reset. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** What was written, as a copy. */
  copy(): Buffer {
    return Buffer.from(this.view())
  }

  /** The buffer that is written to; growing replaces it. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Makes room for `count` bytes, which the caller then writes. @returns where they start */
  extend(count: number): number {
    return this.#grow(count)
  }

  /** Writes bytes that are already encoded. */
  raw(bytes: Uint8Array): void {
    const count = bytes.length
    const offset = this.#grow(count)
    const target = this.#bytes
    if (count > loopBytesMax) target.set(bytes, offset)
    else for (let index = 0; index < count; index++) target[offset + index] = bytes[index]!
  }

  /** Writes a form. @returns where it starts, for what is to be filled in */
  form({ words, count }: Form): number {
    const offset = this.#grow(words.length * 4)
    const view = this.#view
    for (let word = 0; word < words.length; word++) {
      view.setInt32(offset + word * 4, words[word]!, true)
    }
    this.#length = offset + count
    return offset
  }

  map(count: number): void {
    this.#header(count, { fix: 0x80, fixMax: 15, wide: 0xde })
  }

  array(count: number): void {
    this.#header(count, { fix: 0x90, fixMax: 15, wide: 0xdc })
  }

  nil(): void {
    this.#byte(0xc0)
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2)
  }

  text(value: string): void {
    if (value.length < 32 && this.#ascii(value)) return
    const count = Buffer.byteLength(value)
    if (count < 32) this.#byte(0xa0 | count)
    else if (count < 0x100) this.#sized(0xd9, count, 1)
    else if (count < 0x1_0000) this.#sized(0xda, count, 2)
    else this.#sized(0xdb, count, 4)
    const offset = this.#grow(count)
    this.#bytes.utf8Write(value, offset, count)
  }

  /** A short text of one byte a character: quicker than two calls into native code. */
  #ascii(value: string): boolean {
    const { length } = value
    const offset = this.#grow(1 + length)
    const bytes = this.#bytes
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code >= 128) {
        this.#length = offset
        return false
      }
      bytes[offset + 1 + index] = code
    }
    bytes[offset] = 0xa0 | length
    return true
  }

  /** Writes bytes as a value of their own. */
  binary(bytes: Uint8Array): void {
    const count = bytes.length
    if (count < 0x100) this.#sized(0xc4, count, 1)
    else if (count < 0x1_0000) this.#sized(0xc5, count, 2)
    else this.#sized(0xc6, count, 4)
    this.raw(bytes)
  }

  /** @param value a safe integer */
  integer(value: number): void {
    if (value < 0) this.#negative(value)
    else if (value < 0x80) this.#byte(value)
    else if (value < 0x100) this.#sized(0xcc, value, 1)
    else if (value < 0x1_0000) this.#sized(0xcd, value, 2)
    else if (value < twoTo32) this.#sized(0xce, value, 4)
    else {
      const offset = this.#grow(9)
      this.#bytes[offset] = 0xcf
      this.#bytes.writeUInt32BE(Math.floor(value / twoTo32), offset + 1)
      this.#bytes.writeUInt32BE(value % twoTo32, offset + 5)
    }
  }

  number(value: number): void {
    if (Number.isSafeInteger(value)) {
      this.integer(value)
      return
    }
    const offset = this.#grow(9)
    this.#bytes[offset] = 0xcb
    this.#bytes.writeDoubleBE(value, offset + 1)
  }

  #negative(value: number): void {
    if (value >= -32) {
      this.#byte(0x100 + value)
      return
    }
    const offset = this.#grow(9)
    this.#bytes[offset] = 0xd3
    this.#bytes.writeInt32BE(Math.floor(value / twoTo32), offset + 1)
    this.#bytes.writeUInt32BE(value - Math.floor(value / twoTo32) * twoTo32, offset + 5)
  }

  #header(count: number, kind: { fix: number; fixMax: number; wide: number }): void {
    if (count <= kind.fixMax) this.#byte(kind.fix | count)
    else if (count < 0x1_0000) this.#sized(kind.wide, count, 2)
    else this.#sized(kind.wide + 1, count, 4)
  }

  #byte(value: number): void {
    const offset = this.#grow(1)
    this.#bytes[offset] = value
  }

  #sized(tag: number, value: number, width: 1 | 2 | 4): void {
    const offset = this.#grow(1 + width)
    this.#bytes[offset] = tag
    this.#bytes.writeUIntBE(value, offset + 1, width)
  }

  #grow(count: number): number {
    const offset = this.#length
    const needed = offset + count
    if (needed > this.#capacity) {
      this.#capacity = Math.max(needed, this.#capacity * 2)
      const larger = Buffer.allocUnsafeSlow(this.#capacity)
      larger.set(this.#bytes.subarray(0, offset))
      this.#bytes = larger
      this.#view = viewOf(larger)
    }
    this.#length = needed
    return offset
  }
}

/** Bytes that are always the same, in words: small pieces are copied quickest word by word. */
export type Form = { readonly words: readonly number[]; readonly count: number }

/** @param bytes or a text of one byte a character */
export function formOf(bytes: Uint8Array | string): Form {
  const source = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  // Pushed, since an array that once had holes is slower to read for ever.
  const words: number[] = []
  for (const [place, byte] of source.entries()) {
    if ((place & 3) === 0) words.push(byte)
    else words[place >>> 2]! |= byte << ((place & 3) * 8)
  }
  return { words, count: source.length }
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Writes a record as a map of its declared fields; absent optional ones are left out. */
export function writeFields<R extends Fields>(
  writer: MessagePackWriter,
  fields: R,
  values: Values<R>,
): void {
  writeRecord(writer, fields, values as Record<string, unknown>)
}

function writeRecord(
  writer: MessagePackWriter,
  fields: Fields,
  values: Record<string, unknown>,
): void {
  let count = 0
  for (const name in fields) if (values[name] !== undefined) count++
  writer.map(count)
  for (const name in fields) {
    if (values[name] === undefined) continue
    writer.text(name)
    writeValue(writer, fields[name] as Field, values[name])
  }
}

/** Writes one value as its field says. The value is trusted: it comes from our own code. */
export function writeValue(writer: MessagePackWriter, field: Field, value: unknown): void {
  switch (field.kind) {
    case 'optional':
      writeValue(writer, field.of, value)
      return
    case 'id':
    case 'time':
    case 'integer':
      writer.integer(value as number)
      return
    case 'number':
      writer.number(value as number)
      return
    case 'boolean':
      writer.boolean(value as boolean)
      return
    case 'text':
      writer.text(value as string)
      return
    case 'bytes':
      writer.binary(value as Uint8Array)
      return
    case 'user-reference':
      throw new TypeError('a user reference is never sent')
    case 'list':
      writer.array((value as unknown[]).length)
      for (const item of value as unknown[]) writeValue(writer, field.of, item)
      return
    case 'record':
      writeRecord(writer, field.fields, value as Record<string, unknown>)
  }
}

/** Encodes a whole record; a convenience for cold paths. */
export function encodeFields<R extends Fields>(fields: R, values: Values<R>): Buffer {
  const writer = new MessagePackWriter(256)
  writeFields(writer, fields, values)
  return writer.view()
}
