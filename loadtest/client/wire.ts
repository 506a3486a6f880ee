// The client's side of the frames: writes requests, takes apart what a server sends.
//
//   sent      [id, operation, params]          or a list of such requests
//   received  [id, result]  [id, null, error]  [0, event, data]   or a list of such messages
//
// A result is handed over as the bytes that it is: whoever measures speed looks at the id and
// leaves the rest alone; whoever wants the values decodes them by the operation's definition.

import type { ErrorBody } from '../../protocol/errors.ts'
import type { Field, Fields } from '../../protocol/fields.ts'
import { f } from '../../protocol/fields.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { writeValue } from '../../protocol/message-pack.ts'
import { decodeValue, MessagePackReader } from '../../protocol/message-pack-reader.ts'
import type { Operation } from '../../protocol/operation.ts'

/** Called for each message of a frame. Bytes are views of the frame. */
export type MessageHandler = {
  onResult(id: number, result: Uint8Array): void
  onError(id: number, error: ErrorBody): void
  onPush(event: string, data: Uint8Array): void
}

/** Thrown on bytes that are not what the protocol says. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** Appends `[id, operation, params]`. The parameters are the checked form of the definition. */
export function writeRequest(
  writer: MessagePackWriter,
  request: { id: number; operation: Operation; params: Readonly<Record<string, unknown>> },
): void {
  writer.array(3)
  writer.integer(request.id)
  writer.text(request.operation.name)
  writeParams(writer, request.operation.request, request.params)
}

function writeParams(
  writer: MessagePackWriter,
  fields: Fields,
  params: Readonly<Record<string, unknown>>,
): void {
  const names = Object.keys(fields).filter((name) => params[name] !== undefined)
  writer.map(names.length)
  for (const name of names) {
    const field = fields[name] as Field
    writer.text(name)
    if (field.kind === 'user-reference') writeReference(writer, params[name])
    else writeValue(writer, field, params[name])
  }
}

function writeReference(writer: MessagePackWriter, reference: unknown): void {
  const { id, handle } = reference as { id?: number; handle?: string }
  if (id === undefined) writer.text(`@${handle}`)
  else writer.integer(id)
}

/** Takes a frame apart. Throws WireError, or TypeError from the reader, where it is malformed. */
export function readFrame(bytes: Uint8Array, handler: MessageHandler): void {
  const reader = new MessagePackReader(bytes)
  const count = reader.arrayCount()
  if (!isArrayTag(reader.bytes[reader.offset])) {
    readMessage(reader, { count, end: bytes.length, handler })
    return
  }
  for (let message = 1; message <= count; message++) {
    const start = reader.offset
    // The last message needs no walk to its end: it is the end of the frame.
    const end = message === count ? bytes.length : skipValue(reader.bytes, start)
    readMessage(reader, { count: reader.arrayCount(), end, handler })
    reader.offset = end
  }
}

function readMessage(
  reader: MessagePackReader,
  message: { count: number; end: number; handler: MessageHandler },
): void {
  const { count, end, handler } = message
  const id = reader.number()
  if (id === 0) {
    const event = reader.text()
    handler.onPush(event, reader.bytes.subarray(reader.offset, end))
  } else if (count === 2) {
    handler.onResult(id, reader.bytes.subarray(reader.offset, end))
  } else if (count === 3 && reader.bytes[reader.offset] === nilTag) {
    handler.onError(id, decodeError(reader.bytes.subarray(reader.offset + 1, end)))
  } else {
    throw new WireError(`message ${id} has ${count} parts, which is neither answer nor error`)
  }
}

const errorField = f.record({
  code: f.text({ lengthMax: 64 }),
  message: f.text({ lengthMax: 1000 }),
  retry: f.text({ lengthMax: 16 }),
  retryAfterMs: f.optional(f.count),
  field: f.optional(f.text({ lengthMax: 200 })),
})

function decodeError(bytes: Uint8Array): ErrorBody {
  return decodeValue(errorField, bytes) as ErrorBody
}

const nilTag = 0xc0

function isArrayTag(tag: number | undefined): boolean {
  return tag !== undefined && ((tag & 0xf0) === 0x90 || tag === 0xdc || tag === 0xdd)
}

/** @returns the offset behind the value that starts at `start` */
function skipValue(bytes: Buffer, start: number): number {
  let offset = start
  for (let left = 1; left > 0; left--) {
    const tag = bytes[offset++]
    if (tag === undefined) throw new WireError('a message ends too early')
    if (tag < 0x80 || tag >= 0xe0) continue
    if (tag < 0x90) left += (tag & 0x0f) * 2
    else if (tag < 0xa0) left += tag & 0x0f
    else if (tag < 0xc0) offset += tag & 0x1f
    else {
      const shape = shapes[tag]
      if (shape === undefined) throw new WireError(`no value starts with 0x${tag.toString(16)}`)
      if (shape.countBytes === 0) {
        offset += shape.bytes
        continue
      }
      const count = bytes.readUIntBE(offset, shape.countBytes)
      offset += shape.countBytes + shape.bytes * count
      left += shape.items * count
    }
  }
  return offset
}

/** After the tag: fixed bytes; or a count of `countBytes`, each worth so many bytes or items. */
type Shape = { readonly countBytes: number; readonly bytes: number; readonly items: number }

const fixed = (bytes: number): Shape => ({ countBytes: 0, bytes, items: 0 })
const counted = (countBytes: number, each: { bytes: number; items: number }): Shape => ({
  countBytes,
  ...each,
})

/** The tags of the MessagePack specification from 0xc0 on that a server may send. */
const shapes: Readonly<Record<number, Shape>> = {
  192: fixed(0),
  194: fixed(0),
  195: fixed(0),
  202: fixed(4),
  203: fixed(8),
  204: fixed(1),
  205: fixed(2),
  206: fixed(4),
  207: fixed(8),
  208: fixed(1),
  209: fixed(2),
  210: fixed(4),
  211: fixed(8),
  217: counted(1, { bytes: 1, items: 0 }),
  218: counted(2, { bytes: 1, items: 0 }),
  219: counted(4, { bytes: 1, items: 0 }),
  220: counted(2, { bytes: 0, items: 1 }),
  221: counted(4, { bytes: 0, items: 1 }),
  222: counted(2, { bytes: 0, items: 2 }),
  223: counted(4, { bytes: 0, items: 2 }),
}
