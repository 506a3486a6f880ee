// Picks single values out of an encoded answer without decoding the rest.
//
// A gateway passes a page through as bytes, but needs one thing of it now and then: the cursor of the
// next page for a `Link` header, the id of what was made for `Location`, the user who signed in. This
// walks the record as it stands and skips what nobody asked for.

import type { Field, Fields } from './fields.ts'
import {
  decodeWith,
  type EncodedName,
  encodedName,
  MessagePackReader,
} from './message-pack-reader.ts'

/**
 * The value at a path of an encoded record, such as `['user', 'id']`.
 * @param fields the declared fields of the record
 * @param bytes what our own writer encoded by them
 * @returns undefined where the path ends in a field that is absent.
 */
export function pickValue(fields: Fields, bytes: Uint8Array, path: readonly string[]): unknown {
  const reader = new MessagePackReader(bytes)
  let level: Fields = fields
  for (let depth = 0; depth < path.length; depth++) {
    if (!seek(reader, path[depth]!)) return undefined
    const field = bare(level[path[depth]!]!)
    if (depth === path.length - 1) return decodeWith(field, reader)
    if (field.kind !== 'record') throw new TypeError(`${path.join('.')} goes through a plain value`)
    level = field.fields
  }
  return undefined
}

/** Moves to the value of `name` in the record that starts here. */
function seek(reader: MessagePackReader, name: string): boolean {
  let encoded = encodedNames.get(name)
  if (encoded === undefined) {
    encoded = encodedName(name)
    encodedNames.set(name, encoded)
  }
  for (let count = reader.mapCount(); count > 0; count--) {
    if (reader.skips(encoded)) return true
    skipText(reader)
    skip(reader)
  }
  return false
}

/** Names that were asked for: declared ones, so there are few. */
const encodedNames = new Map<string, EncodedName>()

function skipText(reader: MessagePackReader): void {
  const count = reader.textBytes()
  reader.offset += count
}

function skip(reader: MessagePackReader): void {
  for (let values = 1; values > 0; values--) values += itemsOfNext(reader)
}

/** Moves behind a value's own bytes; gives how many values follow inside it. */
function itemsOfNext(reader: MessagePackReader): number {
  const tag = reader.bytes[reader.offset]!
  if ((tag & 0xf0) === 0x80 || tag === 0xde || tag === 0xdf) return reader.mapCount() * 2
  if ((tag & 0xf0) === 0x90 || tag === 0xdc || tag === 0xdd) return reader.arrayCount()
  if ((tag & 0xe0) === 0xa0 || (tag >= 0xd9 && tag <= 0xdb)) skipText(reader)
  else if (tag >= 0xc4 && tag <= 0xc6) reader.binary()
  else if (tag === 0xc2 || tag === 0xc3) reader.boolean()
  else reader.number()
  return 0
}

function bare(field: Field): Field {
  return field.kind === 'optional' ? bare(field.of) : field
}
