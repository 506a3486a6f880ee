// Events: what an operation writes to the log, as bytes.
//
// An event is the MessagePack array [code of the operation, value of each declared field in order],
// with nil for what is absent. Values go by position, so a field's name can change but its place
// cannot; a new field is added at the end and must be optional: an older entry simply ends before it.

import type { Field, Fields, Values } from './fields.ts'
import { MessagePackWriter, writeValue } from './message-pack.ts'
import { decodeWith, MessagePackReader } from './message-pack-reader.ts'
import type { Operation } from './operation.ts'
import { operationsByCode } from './registry.ts'

const nilByte = 0xc0
const writer = new MessagePackWriter()
/** The names of each event's fields, in order: asked for with every entry of the log. */
const namesOfEvent = new WeakMap<Fields, readonly string[]>()

function namesOf(fields: Fields): readonly string[] {
  let names = namesOfEvent.get(fields)
  if (names === undefined) {
    names = Object.keys(fields)
    namesOfEvent.set(fields, names)
  }
  return names
}

/** Encodes one event. The bytes are the caller's. */
export function encodeEvent<E extends Fields>(
  operation: { readonly code: number; readonly event?: E },
  event: Values<E>,
): Uint8Array {
  const fields = operation.event as Fields
  const values = event as Record<string, unknown>
  const names = namesOf(fields)
  writer.reset()
  writer.array(1 + names.length)
  writer.integer(operation.code)
  for (const name of names) {
    if (values[name] === undefined) writer.nil()
    else writeValue(writer, fields[name] as Field, values[name])
  }
  return writer.copy()
}

/** Decodes one event. Throws where the code is not that of an operation that writes events. */
export function decodeEvent(bytes: Uint8Array): {
  operation: Operation
  event: Record<string, unknown>
} {
  const reader = new MessagePackReader(bytes)
  const count = reader.arrayCount() - 1
  const code = reader.number()
  const operation = operationsByCode.get(code)
  if (operation?.event === undefined) {
    throw new TypeError(
      `the log holds an event of operation ${code}, which this version does not know`,
    )
  }
  const event: Record<string, unknown> = {}
  const names = namesOf(operation.event)
  for (let place = 0; place < count; place++) {
    if (reader.bytes[reader.offset] === nilByte) {
      reader.offset++
      continue
    }
    const name = names[place]
    if (name === undefined) throw new TypeError(`an event of ${operation.name} has too many fields`)
    event[name] = decodeWith(operation.event[name] as Field, reader)
  }
  return { operation, event }
}
