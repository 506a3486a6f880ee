// The frames that a client's socket is sent, in both encodings.
//
// A shard's answer arrives as encoded MessagePack. For a binary socket it is passed on as it is,
// behind a header; for a text socket it is transcoded by its definition. Frames are composed in one
// buffer that the next frame overwrites: the native layer has copied it when `send` returns.

import type { ErrorBody } from '../protocol/errors.ts'
import type { RecordField } from '../protocol/fields.ts'
import { pack } from '../protocol/frame.ts'
import { toJson } from '../protocol/json.ts'
import { MessagePackWriter } from '../protocol/message-pack.ts'
import type { Operation, Push } from '../protocol/operation.ts'

/** An answer on its way to one socket, in the socket's encoding. */
export type Answer = {
  readonly id: number
  /** MessagePack as a view that lives as long as its chunk, or JSON. */
  readonly body: Buffer | string
}

const writer = new MessagePackWriter(64 * 1024)

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

/** The body of an answer as the socket wants it. Throws TypeError for bytes that no writer writes. */
export function answerBody(
  operation: Operation,
  result: Buffer,
  isBinary: boolean,
): Buffer | string {
  return isBinary ? result : toJson(answerFieldOf(operation), result)
}

/** `[id, result]`. A binary frame is valid until the next one is made. */
export function answerFrame(answer: Answer): Buffer | string {
  if (typeof answer.body === 'string') return `[${answer.id},${answer.body}]`
  writer.reset()
  writeAnswer(answer.id, answer.body)
  return writer.view()
}

/** `[[id, result], …]`, for a socket that batches as well. */
export function answersFrame(answers: readonly Answer[]): Buffer | string {
  if (typeof answers[0]?.body === 'string') return `[${answers.map(answerFrame).join(',')}]`
  writer.reset()
  writer.array(answers.length)
  for (const answer of answers) writeAnswer(answer.id, answer.body as Buffer)
  return writer.view()
}

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
