// Reading MessagePack by definition: what message-pack.ts has written.
//
// The bytes come from our own writer, so they are trusted; a byte that no writer produces is a bug and throws.

import type { Field, Fields } from './fields.ts'
import { formOf, MessagePackWriter, viewOf } from './message-pack.ts'

const twoTo32 = 0x1_0000_0000

/** Reads the MessagePack that message-pack.ts writes. */
export class MessagePackReader {
  readonly bytes: Buffer
  readonly #view: DataView
  /** The length of `bytes`: to ask a typed array for it takes longer than to read most values. */
  readonly #end: number
  offset = 0

  constructor(bytes: Uint8Array) {
    // To make a view costs as much as to read a short entry, and most callers have a Buffer already.
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = viewOf(this.bytes)
    this.#end = this.bytes.length
  }

  mapCount(): number {
    const tag = this.bytes[this.offset++]!
    return (tag & 0xf0) === 0x80 ? tag & 0x0f : this.#wideCount(tag, 0xde)
  }

  arrayCount(): number {
    const tag = this.bytes[this.offset++]!
    return (tag & 0xf0) === 0x90 ? tag & 0x0f : this.#wideCount(tag, 0xdc)
  }

  text(): string {
    const count = this.textBytes()
    const start = this.offset
    this.offset += count
    return this.bytes.utf8Slice(start, this.offset)
  }

  /** How many bytes the text has that begins where the reader stands afterwards. */
  textBytes(): number {
    const tag = this.bytes[this.offset++]!
    return (tag & 0xe0) === 0xa0 ? tag & 0x1f : this.#uint(widthOfText(tag))
  }

  /** Bytes, as a view of what is read. */
  binary(): Buffer {
    const tag = this.bytes[this.offset++]!
    if (tag < 0xc4 || tag > 0xc6) throw new TypeError(`no bytes start with 0x${tag.toString(16)}`)
    const count = this.#uint(1 << (tag - 0xc4))
    const start = this.offset
    this.offset += count
    if (this.offset > this.#end) throw new TypeError('bytes end too early')
    return this.bytes.subarray(start, this.offset)
  }

  boolean(): boolean {
    return this.bytes[this.offset++] === 0xc3
  }

  /** Passes the name of a field, if it comes next. @returns whether it did */
  skips({ words, count, lastMask }: EncodedName): boolean {
    const { offset } = this
    const last = words.length - 1
    // Behind a name comes a value and behind the last value nothing: a word may reach over the end.
    if (offset + words.length * 4 > this.#end) return this.#skipsAtEnd(words, count)
    const view = this.#view
    for (let word = 0; word < last; word++) {
      if (view.getInt32(offset + word * 4, true) !== words[word]) return false
    }
    if ((view.getInt32(offset + last * 4, true) & lastMask) !== words[last]) return false
    this.offset = offset + count
    return true
  }

  #skipsAtEnd(words: readonly number[], count: number): boolean {
    if (this.offset + count > this.#end) return false
    for (let index = 0; index < count; index++) {
      const expected = (words[index >>> 2]! >>> ((index & 3) * 8)) & 0xff
      if (this.bytes[this.offset + index] !== expected) return false
    }
    this.offset += count
    return true
  }

  /** An integer or a 64-bit float. */
  number(): number {
    const tag = this.bytes[this.offset++]!
    if (tag < 0x80) return tag
    if (tag >= 0xe0) return tag - 0x100
    if (tag >= 0xcc && tag <= 0xce) return this.#uint(1 << (tag - 0xcc))
    const at = this.offset
    this.offset = at + 8
    const view = this.#view
    if (tag === 0xcf) return view.getUint32(at) * twoTo32 + view.getUint32(at + 4)
    if (tag === 0xcb) return view.getFloat64(at)
    if (tag === 0xd3) return view.getInt32(at) * twoTo32 + view.getUint32(at + 4)
    throw new TypeError(`no number starts with 0x${tag.toString(16)}`)
  }

  #wideCount(tag: number, wide: number): number {
    if (tag === wide) return this.#uint(2)
    if (tag === wide + 1) return this.#uint(4)
    throw new TypeError(`no map or array starts with 0x${tag.toString(16)}`)
  }

  /** @param width in bytes: 1, 2 or 4 */
  #uint(width: number): number {
    const at = this.offset
    this.offset = at + width
    if (width === 1) return this.#view.getUint8(at)
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }
}

/** The name of a field as it is encoded, in little-endian words of 32 bits that are compared one by one. */
export type EncodedName = {
  readonly words: readonly number[]
  readonly count: number
  /** The bits of the last word that belong to the name. */
  readonly lastMask: number
}

export function encodedName(name: string): EncodedName {
  const writer = new MessagePackWriter(64)
  writer.text(name)
  const bytes = writer.copy()
  const { words, count } = formOf(bytes)
  const lastBytes = count - (words.length - 1) * 4
  return { words, count, lastMask: lastBytes === 4 ? -1 : (1 << (lastBytes * 8)) - 1 }
}

function widthOfText(tag: number): number {
  if (tag >= 0xd9 && tag <= 0xdb) return 1 << (tag - 0xd9)
  throw new TypeError(`no text starts with 0x${tag.toString(16)}`)
}

/** Decodes one encoded value to a plain value, as `Value<F>`: for tests, clients and cold paths. */
export function decodeValue(field: Field, bytes: Uint8Array): unknown {
  return decodeWith(field, new MessagePackReader(bytes))
}

/** Decodes the value at which a reader stands. */
export function decodeWith(field: Field, reader: MessagePackReader): unknown {
  switch (field.kind) {
    case 'optional':
      return decodeWith(field.of, reader)
    case 'id':
    case 'time':
    case 'integer':
    case 'number':
      return reader.number()
    case 'boolean':
      return reader.boolean()
    case 'text':
      return reader.text()
    case 'bytes':
      return reader.binary()
    case 'user-reference':
      throw new TypeError('a user reference is never sent')
    case 'list': {
      const items: unknown[] = []
      for (let count = reader.arrayCount(); count > 0; count--)
        items.push(decodeWith(field.of, reader))
      return items
    }
    case 'record':
      return decodeRecord(field.fields, reader)
  }
}

/** Names come in the order in which they are declared, nearly always: the next one is compared before any is read. */
function decodeRecord(fields: Fields, reader: MessagePackReader): Record<string, unknown> {
  const named = namedFieldsOf(fields)
  const record: Record<string, unknown> = {}
  let next = 0
  for (let count = reader.mapCount(); count > 0; count--) {
    let place = next
    while (place < named.length && !reader.skips(named[place]!.encoded)) place++
    const isInOrder = place < named.length
    if (isInOrder) next = place + 1
    const name = isInOrder ? named[place]!.name : reader.text()
    record[name] = decodeWith(fields[name]!, reader)
  }
  return record
}

type NamedField = { readonly name: string; readonly encoded: EncodedName }
const namedFields = new WeakMap<Fields, readonly NamedField[]>()

function namedFieldsOf(fields: Fields): readonly NamedField[] {
  let named = namedFields.get(fields)
  if (named === undefined) {
    named = Object.keys(fields).map((name) => ({ name, encoded: encodedName(name) }))
    namedFields.set(fields, named)
  }
  return named
}
