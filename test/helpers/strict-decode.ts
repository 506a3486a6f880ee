// Decodes an answer or a push by its definition, and lets nothing pass that the definition does not
// say: a field that is not declared, twice or missing, fields in another order (protocol/json-writer.ts relies on it),
// a value out of its bounds, a byte left over.

import type { Field, Fields, Values } from '../../protocol/fields.ts'
import { isId } from '../../protocol/ids.ts'
import { MessagePackReader } from '../../protocol/message-pack-reader.ts'

/** Throws with the path of the first thing that is not as declared. */
export function decodeStrictly<R extends Fields>(fields: R, bytes: Uint8Array): Values<R> {
  const reader = new MessagePackReader(bytes)
  const values = readRecord(fields, reader, '')
  if (reader.offset !== bytes.length)
    throw new Error(`${bytes.length - reader.offset} bytes too many`)
  return values as Values<R>
}

function readRecord(fields: Fields, reader: MessagePackReader, path: string): object {
  const record: Record<string, unknown> = {}
  const order = Object.keys(fields)
  let place = -1
  for (let count = reader.mapCount(); count > 0; count--) {
    const name = reader.text()
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) throw new Error(`${path}.${name} is not declared`)
    if (name in record) throw new Error(`${path}.${name} is there twice`)
    if (order.indexOf(name) < place)
      throw new Error(`${path}.${name} is declared before ${order[place]}`)
    place = order.indexOf(name)
    record[name] = readValue(field, reader, `${path}.${name}`)
  }
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind !== 'optional' && !(name in record))
      throw new Error(`${path}.${name} is missing`)
  }
  return record
}

function readValue(field: Field, reader: MessagePackReader, path: string): unknown {
  switch (field.kind) {
    case 'optional':
      return readValue(field.of, reader, path)
    case 'record':
      return readRecord(field.fields, reader, path)
    case 'list':
      return readList(field, reader, path)
    case 'text':
      return readText(field, reader, path)
    case 'boolean': {
      const byte = reader.bytes[reader.offset]
      return expectThat(reader.boolean(), byte === 0xc2 || byte === 0xc3, path)
    }
    case 'bytes': {
      const bytes = reader.binary()
      return expectThat(bytes, bytes.length <= field.bytesMax, path)
    }
    case 'user-reference':
      throw new Error(`${path} is a reference, which is never sent`)
    case 'id': {
      const id = reader.number()
      return expectThat(id, isId(id), path)
    }
    case 'time': {
      const timeMs = reader.number()
      return expectThat(timeMs, Number.isSafeInteger(timeMs), path)
    }
    default: {
      const number = reader.number()
      const isKind = field.kind === 'number' || Number.isSafeInteger(number)
      return expectThat(number, isKind && number >= field.min && number <= field.max, path)
    }
  }
}

function readList(
  field: Extract<Field, { kind: 'list' }>,
  reader: MessagePackReader,
  path: string,
): unknown[] {
  const count = reader.arrayCount()
  expectThat(count, count <= field.countMax, path)
  return Array.from({ length: count }, (_, place) =>
    readValue(field.of, reader, `${path}[${place}]`),
  )
}

function readText(
  field: Extract<Field, { kind: 'text' }>,
  reader: MessagePackReader,
  path: string,
): string {
  const text = reader.text()
  const isRuled = field.rule === undefined || field.rule(text) === text
  return expectThat(text, text.length <= field.lengthMax && isRuled, path)
}

function expectThat<T>(value: T, isRight: boolean, path: string): T {
  if (!isRight) throw new Error(`${path} is not as declared: ${value}`)
  return value
}
