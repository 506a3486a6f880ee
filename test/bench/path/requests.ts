// The requests of the benchmark as bytes that are made once: what differs from one to the next (the id, digits
// of a text) is written into them in place. And the answers, read no further than is needed to trust them.
//
//   93 ce <id> ad "timeline.home" 81 a5 "limit" 14          one request
//   dc 0010 | 93 ce … | 93 ce … | …                         16 in a frame

import { writeRequest } from '../../../loadtest/client/wire.ts'
import { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { liveSubscribe } from '../../../protocol/operations/live-subscribe.ts'
import { timelineHome } from '../../../protocol/operations/timeline-home.ts'
import { tweetPost } from '../../../protocol/operations/tweet-post.ts'
import { timelineTweet } from '../../../protocol/pushes/timeline-tweet.ts'
import { frameOf } from './raw-socket.ts'

/** From here on ids take five bytes, so that all requests are of one length. */
export const idFirst = 0x1_0000
const idOffset = 2
export const idBytes = 5
/** A place for digits that differ: a text and a key that were there before would not be a new tweet. */
const digits = '0000000000'
/** Before the time at which a tweet was to be sent, in its text. */
const stampMark = '~~'
const stampDigits = 16
const stampRoom = '#'.repeat(stampDigits)
const arrayTags = { fixed: 0x90, sixteen: 0xdc }
const nilTag = 0xc0
const tweetEventTag = 0xa0 + timelineTweet.name.length

/** Makes frames of requests. Each is valid until the next one is made. */
export class Requests {
  readonly batch: number
  readonly #frame: Buffer
  readonly #idOffsets: readonly number[]
  readonly #stampOffset: number
  readonly #digitOffsets: readonly number[][]
  #id = idFirst

  /** @param options.payload of one request, with `idFirst` as its id */
  constructor({ payload, batch }: { readonly payload: Buffer; readonly batch: number }) {
    this.batch = batch
    const head = batch === 1 ? Buffer.alloc(0) : arrayHead(batch)
    const all = Buffer.concat([head, ...Array.from({ length: batch }, () => payload)])
    this.#frame = frameOf(all, 'binary')
    const start = this.#frame.length - all.length + head.length
    const starts = Array.from({ length: batch }, (_, place) => start + place * payload.length)
    this.#idOffsets = starts.map((offset) => offset + idOffset)
    const stamp = this.#frame.indexOf(stampMark)
    this.#stampOffset = stamp < 0 ? stamp : stamp + stampMark.length
    const places = offsetsOf(payload, digits)
    this.#digitOffsets = starts.map((offset) => places.map((place) => place + offset))
  }

  /** @param stampUs when it was to be sent, for texts that say so: see `stampedPostPayload` */
  next(stampUs = 0): Buffer {
    if (this.#stampOffset >= 0)
      writeDigits(this.#frame, this.#stampOffset, { digits: stampDigits, number: stampUs })
    for (let place = 0; place < this.batch; place++) {
      const id = this.#id++
      this.#frame.writeUInt32BE(id, this.#idOffsets[place]!)
      const number = written++
      for (const offset of this.#digitOffsets[place]!) {
        writeDigits(this.#frame, offset, { digits: digits.length, number })
      }
    }
    return this.#frame
  }
}

/** Numbers texts and keys, across all sockets of the process. */
let written = 0

function writeDigits(
  bytes: Buffer,
  offset: number,
  { digits: count, number }: { readonly digits: number; readonly number: number },
): void {
  let left = number
  for (let digit = count - 1; digit >= 0; digit--) {
    bytes[offset + digit] = 0x30 + (left % 10)
    left = Math.floor(left / 10)
  }
}

function offsetsOf(bytes: Buffer, text: string): number[] {
  const offsets: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) {
    offsets.push(at)
  }
  return offsets
}

function arrayHead(count: number): Buffer {
  const writer = new MessagePackWriter(8)
  writer.array(count)
  return writer.copy()
}

export function homePayload(limit: number): Buffer {
  const writer = new MessagePackWriter(128)
  writeRequest(writer, { id: idFirst, operation: timelineHome, params: { limit } })
  return writer.copy()
}

export function subscribePayload(): Buffer {
  const writer = new MessagePackWriter(128)
  writeRequest(writer, { id: idFirst, operation: liveSubscribe, params: { channel: 'home' } })
  return writer.copy()
}

/** A tweet of about the usual length. @param run what keys of this run begin with */
export function postPayload(run: string): Buffer {
  return payloadOfPost(
    run,
    'the heron stands at the weir and waits, as it did yesterday at this time',
  )
}

/** The same, with room for a time in its text. */
export function stampedPostPayload(run: string): Buffer {
  return payloadOfPost(
    run,
    `${stampMark}${stampRoom} the heron stands at the weir and waits, as it did`,
  )
}

function payloadOfPost(run: string, text: string): Buffer {
  const writer = new MessagePackWriter(512)
  const params = { text: `${digits}: ${text}`, operationId: `${run}.${digits}` }
  writeRequest(writer, { id: idFirst, operation: tweetPost, params })
  return writer.copy()
}

/** The time in a text that `stampedPostPayload` has made, in microseconds; undefined where there is none. */
export function stampIn(bytes: Buffer, start: number, end: number): number | undefined {
  const mark = bytes.indexOf(stampMark, start)
  if (mark < 0 || mark + stampMark.length + stampDigits > end) return undefined
  let stampUs = 0
  for (let digit = 0; digit < stampDigits; digit++) {
    stampUs = stampUs * 10 + bytes[mark + stampMark.length + digit]! - 0x30
  }
  return stampUs
}

/** Whether a frame is the push of a tweet, by the length of the event's name: others are shorter. */
export function isTweetPush(bytes: Buffer, start: number): boolean {
  return bytes[start] === 0x93 && bytes[start + 1] === 0 && bytes[start + 2] === tweetEventTag
}

/** The id of a single answer. */
export function idOfAnswer(bytes: Buffer, start: number): number {
  return bytes.readUInt32BE(start + idOffset)
}

/** The clock that all processes of a machine share, in microseconds. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1e3
}

/** Whether a frame holds several messages rather than one. */
export function isBatch(bytes: Buffer, start: number): boolean {
  return isArray(bytes[start + 1]!) || bytes[start] === arrayTags.sixteen
}

/**
 * How many answers a frame holds. Throws where one of them is an error: a single one is looked at; of several,
 * the length must be that of so many answers with results of `resultBytes` each.
 * @returns 0 for a push
 */
export function answersIn(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  resultBytes: number | undefined,
): number {
  const tag = bytes[start]!
  if (!isBatch(bytes, start)) {
    if (tag === arrayTags.fixed + 3 && bytes[start + 1] === 0) return 0
    if (tag !== arrayTags.fixed + 2 || bytes[start + 1] === nilTag) throw wrong(bytes, start, end)
    checkLength(1, { length: end - start - 1, resultBytes })
    return 1
  }
  const head = tag === arrayTags.sixteen ? 3 : 1
  const count = head === 3 ? bytes.readUInt16BE(start + 1) : tag - arrayTags.fixed
  checkLength(count, { length: end - start - head - count, resultBytes })
  return count
}

function checkLength(
  count: number,
  { length, resultBytes }: { readonly length: number; readonly resultBytes: number | undefined },
): void {
  if (resultBytes === undefined || length === count * (idBytes + resultBytes)) return
  throw new Error(`${count} answers are ${length} bytes; each was ${resultBytes} before`)
}

function wrong(bytes: Buffer, start: number, end: number): Error {
  return new Error(`not an answer: ${bytes.latin1Slice(start, Math.min(end, start + 200))}`)
}

function isArray(tag: number): boolean {
  return (tag & 0xf0) === arrayTags.fixed || tag === arrayTags.sixteen
}
