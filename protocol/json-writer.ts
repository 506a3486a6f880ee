// JSON as bytes: what a shard has answered in MessagePack, for clients that speak JSON.
//
//   93 | a2 "id" | cf 00 04 … | a4 "text" | a5 "hello" | …      ->      {"id":"1146…","text":"hello",…
//
// Ids become decimal strings, times become ISO 8601 with milliseconds. It is done in one pass from bytes to bytes,
// without a text or an object in between: a page of 20 tweets has some 600 values, and to make each a JavaScript
// string first costs several times as much as all the rest of a request.
//
// The bytes come from our own writer (message-pack.ts), so they are trusted; a byte that no writer produces
// is a bug and throws.

import type { Field } from './fields.ts'
import { type NamedPlan, type Plan, planOf, steps } from './json-plan.ts'
import { type Form, formOf, viewOf } from './message-pack.ts'
import { MessagePackReader } from './message-pack-reader.ts'

const [quote, backslash, comma, minus, zero] = [0x22, 0x5c, 0x2c, 0x2d, 0x30]
const [openRecord, closeRecord, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d]
const [yes, no] = [formOf('true'), formOf('false')]
/** How far from its end the hours of a time are. */
const hoursFromEnd = '00:00:00.000Z"'.length
/** Days whose date is kept as text: more than a service has existed for; where there are more, all are forgotten. */
const daysKeptMax = 10_000
const hexDigits = Buffer.from('0123456789abcdef')
/** The letters behind a backslash for control characters that have one. */
const shortEscapes: ReadonlyMap<number, number> = new Map(
  [...'bfnrt'].map((letter, place) => ['\b\f\n\r\t'.charCodeAt(place), letter.charCodeAt(0)]),
)
const msPerDay = 86_400_000
/** Below this, numbers are split into digits without a rounding error. */
const oneE8 = 1e8
/** One byte becomes six at most: a control character in a text is \u001f. */
const growthMax = 6
/** Of a time; one with six digits for its year included. */
const timeBytes = 32
/** Forms reach over what they write, and a frame is closed. */
const roomBehind = 16

/** Writes JSON into a buffer of its own that grows by doubling. Reuse it with `reset`. */
export class JsonWriter {
  #bytes: Buffer
  #view: DataView
  #length = 0
  #noted: NamedPlan | undefined
  #notedAt: number | undefined

  constructor(bytesInitial = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(bytesInitial)
    this.#view = viewOf(this.#bytes)
  }

  get length(): number {
    return this.#length
  }

  reset(length = 0): void {
    this.#length = length
  }

  /** What was written from one place to another, as a view: valid until the next write or reset. */
  view(from = 0, to = this.#length): Buffer {
    return this.#bytes.subarray(from, to)
  }

  /** Text that is JSON already, of one byte a character. */
  ascii(text: string): void {
    this.#grow(this.#length, text.length)
    this.#length = this.#ascii(this.#length, text)
  }

  /**
   * Transcodes one encoded value.
   * @param noted a field of it, where it is a record
   * @returns where in `encoded` that field's value begins, which took no looking for; undefined where it is absent
   * @throws TypeError for bytes that no writer of ours writes; what is half written then is taken back
   */
  value(field: Field, encoded: Uint8Array, noted?: string): number | undefined {
    const plan = planOf(field)
    this.#noted = plan.fields.find(({ fieldName }) => fieldName === noted)
    this.#notedAt = undefined
    // Nothing but a time takes more room than this.
    this.#grow(this.#length, encoded.length * growthMax)
    this.#length = this.#value(this.#length, plan, new MessagePackReader(encoded))
    return this.#notedAt
  }

  // From here on each step takes the place where it writes and gives the place behind: a number that is handed on
  // stays in a register, where one that is kept would go to memory and back for every few bytes.

  #value(at: number, plan: Plan, reader: MessagePackReader): number {
    switch (plan.step) {
      case steps.id:
        return this.#id(at, reader.number())
      case steps.time:
        return this.#time(at, reader.number())
      case steps.number:
        return this.#number(at, reader.number())
      case steps.boolean:
        return this.#form(at, reader.boolean() ? yes : no)
      case steps.text:
        return this.#text(at, reader)
      case steps.bytes:
        return this.#ascii(at, `"${reader.binary().toString('base64')}"`)
      case steps.list:
        return this.#list(at, plan.item!, reader)
      case steps.record:
        return this.#record(at, plan.fields, reader)
      default:
        throw new TypeError('a user reference is never sent')
    }
  }

  #list(start: number, item: Plan, reader: MessagePackReader): number {
    const count = reader.arrayCount()
    let at = start
    this.#bytes[at++] = openList
    for (let index = 0; index < count; index++) {
      if (index > 0) this.#bytes[at++] = comma
      at = this.#value(at, item, reader)
    }
    this.#bytes[at++] = closeList
    return at
  }

  /**
   * Fields are written in the order of their declaration, so the next name is nearly always known: its
   * bytes are compared, and no text is made of them.
   */
  #record(start: number, fields: readonly NamedPlan[], reader: MessagePackReader): number {
    let place = 0
    let at = start
    this.#bytes[at++] = openRecord
    for (let left = reader.mapCount(); left > 0; left--) {
      while (place < fields.length && !reader.skips(fields[place]!.encodedName)) place++
      const next = fields[place++]
      if (next === undefined) throw new TypeError('a record holds a field that is not declared')
      if (next === this.#noted) this.#notedAt = reader.offset
      at = this.#form(at, at === start + 1 ? next.firstName : next.name)
      at = this.#value(at, next.plan, reader)
    }
    this.#bytes[at++] = closeRecord
    return at
  }

  #text(start: number, reader: MessagePackReader): number {
    const count = reader.textBytes()
    const from = reader.offset
    const to = from + count
    const source = reader.bytes
    if (to > source.length) throw new TypeError('a text ends too early')
    reader.offset = to
    const bytes = this.#bytes
    let at = start
    bytes[at++] = quote
    for (let index = from; index < to; index++) {
      const byte = source[index]!
      if (byte >= 0x20 && byte !== quote && byte !== backslash) bytes[at++] = byte
      else at = writeEscaped(bytes, at, byte)
    }
    bytes[at++] = quote
    return at
  }

  #id(start: number, value: number): number {
    const bytes = this.#bytes
    bytes[start] = quote
    const at = writeDigits(bytes, start + 1, value)
    bytes[at] = quote
    return at + 1
  }

  #number(start: number, value: number): number {
    if (!Number.isSafeInteger(value)) return this.#ascii(start, String(value))
    // Most numbers are counts, and most of those have one digit.
    if (value >= 0 && value < 10) {
      this.#bytes[start] = zero + value
      return start + 1
    }
    if (value >= 0) return writeDigits(this.#bytes, start, value)
    this.#bytes[start] = minus
    return writeDigits(this.#bytes, start + 1, -value)
  }

  #time(start: number, timeMs: number): number {
    this.#grow(start, timeBytes)
    const day = Math.floor(timeMs / msPerDay)
    const ms = timeMs - day * msPerDay
    const end = this.#form(start, midnightOf(day))
    const bytes = this.#bytes
    const at = end - hoursFromEnd
    writePadded(bytes, at, (ms / 3_600_000) | 0, 2)
    writePadded(bytes, at + 3, ((ms / 60_000) | 0) % 60, 2)
    writePadded(bytes, at + 6, ((ms / 1_000) | 0) % 60, 2)
    writePadded(bytes, at + 9, ms % 1_000, 3)
    return end
  }

  /** A text that is always the same, word by word: up to three bytes behind it are overwritten. */
  #form(start: number, { words, count }: Form): number {
    const view = this.#view
    for (let word = 0; word < words.length; word++) {
      view.setInt32(start + word * 4, words[word]!, true)
    }
    return start + count
  }

  #ascii(start: number, text: string): number {
    const bytes = this.#bytes
    for (let index = 0; index < text.length; index++) bytes[start + index] = text.charCodeAt(index)
    return start + text.length
  }

  /** Makes sure of room for so many bytes behind a place, and some more. */
  #grow(at: number, count: number): void {
    const needed = at + count + roomBehind
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, at))
    this.#bytes = larger
    this.#view = viewOf(larger)
  }
}

/**
 * The beginning of a day as JSON, by its number from 1 January 1970. A page tells of few days, and of the same ones
 * as the pages before it.
 */
function midnightOf(day: number): Form {
  let midnight = midnights.get(day)
  if (midnight === undefined) {
    midnight = formOf(`"${new Date(day * msPerDay).toISOString()}"`)
    if (midnights.size === daysKeptMax) midnights.clear()
    midnights.set(day, midnight)
  }
  return midnight
}
const midnights = new Map<number, Form>()

/** Writes the digits of a safe integer that is not negative. @returns the place behind them */
function writeDigits(bytes: Buffer, start: number, value: number): number {
  if (value >= oneE8) {
    const high = Math.floor(value / oneE8)
    return writePadded(bytes, writeDigits(bytes, start, high), value - high * oneE8, 8)
  }
  let count = 1
  for (let bound = 10; value >= bound; bound *= 10) count++
  return writePadded(bytes, start, value, count)
}

/** Writes so many digits of an integer below 10^8, with zeros in front. @returns the place behind them */
function writePadded(bytes: Buffer, start: number, value: number, count: number): number {
  let rest = value | 0
  for (let at = start + count - 1; at >= start; at--) {
    const quotient = (rest / 10) | 0
    bytes[at] = zero + rest - quotient * 10
    rest = quotient
  }
  return start + count
}

/** Writes a byte that JSON does not let stand for itself. @returns the place behind it */
function writeEscaped(bytes: Buffer, start: number, byte: number): number {
  let at = start
  bytes[at++] = backslash
  const short = byte < 0x20 ? shortEscapes.get(byte) : byte
  if (short !== undefined) {
    bytes[at++] = short
    return at
  }
  bytes[at++] = 0x75
  bytes[at++] = zero
  bytes[at++] = zero
  bytes[at++] = zero + (byte >> 4)
  bytes[at++] = hexDigits[byte & 15]!
  return at
}

/** One encoded value as JSON text: for cold paths. @throws as `JsonWriter.value` does */
export function toJson(field: Field, encoded: Uint8Array): string {
  const writer = new JsonWriter()
  writer.value(field, encoded)
  return writer.view().toString()
}
