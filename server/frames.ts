// The frames that a client's socket is sent, in both encodings.
//
// A shard's answer arrives as encoded MessagePack. For a binary socket it is passed on as it is,
// behind a header; for a text socket it is transcoded by its definition. Frames are composed in
// buffers that are used again: the native layer has copied a frame when `send` returns.

import type { ErrorBody } from '../protocol/errors.ts'
import type { RecordField } from '../protocol/fields.ts'
import { pack } from '../protocol/frame.ts'
import { JsonWriter, toJson } from '../protocol/json-writer.ts'
import { MessagePackWriter } from '../protocol/message-pack.ts'
import { decodeValue } from '../protocol/message-pack-reader.ts'
import type { Operation, Push } from '../protocol/operation.ts'
import type { CachedPage } from './links/page-cache.ts'

/** An answer on its way to one socket, in the socket's encoding; all answers of a frame are in the same. */
export type Answer = {
  readonly id: number
  /** MessagePack as a view that lives as long as its chunk; or where the whole frame lies in `json`. */
  readonly body: Buffer | JsonPlace
}
type JsonPlace = { readonly from: number; readonly to: number }

const writer = new MessagePackWriter(64 * 1024)
/** The answers in JSON that wait for the end of the present read, one behind the other. */
const json = new JsonWriter(256 * 1024)

/** A definition's answer as one field; made once for each operation. */
const answerFields = new Map<Operation, RecordField>()
function answerFieldOf(operation: Operation): RecordField {
  let field = answerFields.get(operation)
  if (field === undefined) {
    field = { kind: 'record', fields: operation.answer }
    answerFields.set(operation, field)
  }
  return field
}

/**
 * An answer as its socket wants it: good until `answersSent`.
 * @throws TypeError for bytes that no writer of ours writes
 */
export function answerFor(
  { isBinary }: { readonly isBinary: boolean },
  given: { readonly id: number; readonly operation: Operation; readonly result: Buffer },
): Answer {
  const { id, operation, result } = given
  if (isBinary) return { id, body: result }
  const from = json.length
  json.ascii(`[${id},`)
  try {
    json.value(answerFieldOf(operation), result)
  } catch (error) {
    json.reset(from)
    throw error
  }
  json.ascii(']')
  return { id, body: { from, to: json.length } }
}

/** All answers that were made so far are sent, or not wanted any more. */
export function answersSent(): void {
  json.reset()
}

export type HttpAnswer = {
  readonly body: Buffer
  /** Where the next page begins, for its `Link`; undefined where there is none. */
  readonly olderCursor: string | undefined
}

/**
 * An answer over HTTP, in JSON: its body is good until the next one is made.
 * @param page whose last answer it may be
 */
export function httpAnswer(operation: Operation, result: Buffer, page?: CachedPage): HttpAnswer {
  return page?.answer === result
    ? page.json((answer) => makeHttpAnswer(operation, answer))
    : makeHttpAnswer(operation, result)
}

function makeHttpAnswer(operation: Operation, result: Buffer): HttpAnswer {
  httpJson.reset()
  const cursorAt = httpJson.value(answerFieldOf(operation), result, 'olderCursor')
  const olderCursor =
    cursorAt === undefined
      ? undefined
      : String(decodeValue(operation.answer['olderCursor']!, result.subarray(cursorAt)))
  return { body: httpJson.view(), olderCursor }
}
const httpJson = new JsonWriter(64 * 1024)

/** `[id, result]`: good until the next frame is made. */
export function answerFrame({ id, body }: Answer): Buffer {
  if (!Buffer.isBuffer(body)) return json.view(body.from, body.to)
  writer.reset()
  writeAnswer(id, body)
  return writer.view()
}

/** `[[id, result], …]`, for a socket that batches as well: good until the next frame is made. */
export function answersFrame(answers: readonly Answer[]): Buffer {
  writer.reset()
  if (Buffer.isBuffer(answers[0]?.body)) {
    writer.array(answers.length)
    for (const { id, body } of answers) writeAnswer(id, body as Buffer)
    return writer.view()
  }
  for (const [place, answer] of answers.entries()) {
    writer.raw(place === 0 ? opening : separator)
    writer.raw(answerFrame(answer))
  }
  writer.raw(closing)
  return writer.view()
}
const [opening, separator, closing] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
]

/** `[id, null, error]` */
export function errorFrame(id: number, error: ErrorBody, isBinary: boolean): Buffer | string {
  const frame = [id, null, error]
  return isBinary ? pack(frame) : JSON.stringify(frame)
}

/** `[0, event, data]` for binary sockets. The buffer is the caller's: it goes to many sockets. */
export function binaryPush(push: Push, data: Uint8Array): Buffer {
  writer.reset()
  writer.array(3)
  writer.integer(0)
  writer.text(push.name)
  writer.raw(data)
  return writer.copy()
}

/** `[0, event, data]` for text sockets. */
export function textPush(push: Push, data: Uint8Array): Buffer {
  return Buffer.from(`[0,"${push.name}",${toJson({ kind: 'record', fields: push.data }, data)}]`)
}

function writeAnswer(id: number, body: Buffer): void {
  writer.array(2)
  writer.integer(id)
  writer.raw(body)
}
