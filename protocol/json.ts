// From MessagePack to JSON, by definition.
//
// Shards answer in MessagePack. A client that speaks JSON gets the same fields, transcoded here in one
// pass without building objects: ids become decimal strings, times become ISO 8601 with
// milliseconds. The bytes come from our own writer (message-pack.ts), so they are trusted; a byte that
// no writer produces is a bug and throws.

import type { Field, Fields } from './fields.ts'
import { MessagePackWriter } from './message-pack.ts'

const twoTo32 = 0x1_0000_0000

/** Reads the MessagePack that message-pack.ts writes. */
export class MessagePackReader {
  readonly bytes: Buffer
  offset = 0

  constructor(bytes: Uint8Array) {
    // To make a view costs as much as to read a short entry, and most callers have a Buffer already.
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  mapCount(): number {
    return this.#count({ fix: 0x80, wide: 0xde })
  }

  arrayCount(): number {
    return this.#count({ fix: 0x90, wide: 0xdc })
  }

  text(): string {
    const tag = this.bytes[this.offset++]!
    const count = (tag & 0xe0) === 0xa0 ? tag & 0x1f : this.#uint(widthOfText(tag))
    const start = this.offset
    this.offset += count
    return this.bytes.utf8Slice(start, this.offset)
  }

  /** Bytes, as a view of what is read. */
  binary(): Buffer {
    const tag = this.bytes[this.offset++]!
    if (tag < 0xc4 || tag > 0xc6) throw new TypeError(`no bytes start with 0x${tag.toString(16)}`)
    const count = this.#uint(1 << (tag - 0xc4))
    const start = this.offset
    this.offset += count
    if (this.offset > this.bytes.length) throw new TypeError('bytes end too early')
    return this.bytes.subarray(start, this.offset)
  }

  boolean(): boolean {
    return this.bytes[this.offset++] === 0xc3
  }

  /** Whether these bytes come next. */
  startsWith(expected: Buffer): boolean {
    for (let index = 0; index < expected.length; index++) {
      if (this.bytes[this.offset + index] !== expected[index]) return false
    }
    return true
  }

  /** An integer or a 64-bit float. */
  number(): number {
    const tag = this.bytes[this.offset++]!
    if (tag < 0x80) return tag
    if (tag >= 0xe0) return tag - 0x100
    if (tag >= 0xcc && tag <= 0xce) return this.#uint(1 << (tag - 0xcc))
    this.offset += 8
    if (tag === 0xcb) return this.bytes.readDoubleBE(this.offset - 8)
    const low = this.bytes.readUInt32BE(this.offset - 4)
    if (tag === 0xcf) return this.bytes.readUInt32BE(this.offset - 8) * twoTo32 + low
    if (tag === 0xd3) return this.bytes.readInt32BE(this.offset - 8) * twoTo32 + low
    throw new TypeError(`no number starts with 0x${tag.toString(16)}`)
  }

  #count(kind: { fix: number; wide: number }): number {
    const tag = this.bytes[this.offset++]!
    if ((tag & 0xf0) === kind.fix) return tag & 0x0f
    if (tag === kind.wide) return this.#uint(2)
    if (tag === kind.wide + 1) return this.#uint(4)
    throw new TypeError(`no map or array starts with 0x${tag.toString(16)}`)
  }

  #uint(width: number): number {
    const value = this.bytes.readUIntBE(this.offset, width)
    this.offset += width
    return value
  }
}

function widthOfText(tag: number): number {
  if (tag >= 0xd9 && tag <= 0xdb) return 1 << (tag - 0xd9)
  throw new TypeError(`no text starts with 0x${tag.toString(16)}`)
}

/** Transcodes one encoded value to JSON text. */
export function toJson(field: Field, bytes: Uint8Array): string {
  return jsonOf(field, new MessagePackReader(bytes))
}

function jsonOf(field: Field, reader: MessagePackReader): string {
  switch (field.kind) {
    case 'optional':
      return jsonOf(field.of, reader)
    case 'id':
      return `"${reader.number()}"`
    case 'time':
      return `"${new Date(reader.number()).toISOString()}"`
    case 'integer':
    case 'number':
      return String(reader.number())
    case 'boolean':
      return reader.boolean() ? 'true' : 'false'
    case 'text':
      return JSON.stringify(reader.text())
    case 'bytes':
      return `"${reader.binary().toString('base64')}"`
    case 'user-reference':
      throw new TypeError('a user reference is never sent')
    case 'list': {
      const count = reader.arrayCount()
      let json = '['
      for (let index = 0; index < count; index++) {
        json += index === 0 ? jsonOf(field.of, reader) : `,${jsonOf(field.of, reader)}`
      }
      return `${json}]`
    }
    case 'record':
      return recordJson(field.fields, reader)
  }
}

/** A declared field as it stands in both encodings. */
type NamedField = { readonly encodedName: Buffer; readonly jsonName: string; readonly field: Field }

const namedFields = new WeakMap<Fields, readonly NamedField[]>()

function namedFieldsOf(fields: Fields): readonly NamedField[] {
  let named = namedFields.get(fields)
  if (named === undefined) {
    named = Object.entries(fields).map(([name, field]) => {
      const writer = new MessagePackWriter(64)
      writer.text(name)
      return { encodedName: writer.copy(), jsonName: `"${name}":`, field }
    })
    namedFields.set(fields, named)
  }
  return named
}

/**
 * Fields are written in the order of their declaration, so the next name is nearly always known: its
 * bytes are compared, and no text is made of them.
 */
function recordJson(fields: Fields, reader: MessagePackReader): string {
  const named = namedFieldsOf(fields)
  let json = '{'
  let place = 0
  for (let left = reader.mapCount(); left > 0; left--) {
    while (place < named.length && !reader.startsWith(named[place]!.encodedName)) place++
    const next = named[place++]
    if (next === undefined) throw new TypeError('a record holds a field that is not declared')
    reader.offset += next.encodedName.length
    json += json.length === 1 ? next.jsonName : `,${next.jsonName}`
    json += jsonOf(next.field, reader)
  }
  return `${json}}`
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
    case 'record': {
      const record: Record<string, unknown> = {}
      for (let count = reader.mapCount(); count > 0; count--) {
        const name = reader.text()
        record[name] = decodeWith(field.fields[name]!, reader)
      }
      return record
    }
  }
}
