// Reads that a socket sends again and again, as a client does that looks for what is new: the same bytes, but for the
// number in front.
//
//   [ 7, "timeline.home", {"limit": 20}]      decoded, checked, routed and packed
//   [ 8, "timeline.home", {"limit": 20}]      the same call: nothing of it is done again
//   [[9, …same…], [10, …same…]]               so are all that come in one frame
//
// Like the cook who hears "the same again". A frame is taken so as a whole or not at all, and only where every byte of
// it is what was decoded before: so it means what the decoder (plain.ts) would have made of it. In MessagePack alone.

import { clientKeysMax, requestsPerFrameMax } from '../../protocol/limits.ts'
import type { Operation } from '../../protocol/operation.ts'
import type { Call } from '../calls.ts'
import type { SessionEntry } from '../identity/identity.ts'

/** Bytes behind the number that are remembered for a socket; what is longer is decoded each time. */
const bytesMax = 128

/** The shortest key with its value. */
const entryBytesMin = 2
const fixedArray3 = 0x93
const [fixedArray, fixedArrayEnd, array16] = [0x90, 0x9f, 0xdc] as const
const [uint8, uint16, uint32] = [0xcc, 0xcd, 0xce] as const

/** Whether it depends on nothing but its parameters and who asks, and changes nothing. */
export function isRepeatable(operation: Operation): boolean {
  const { event, session, isLive, isCredential, isUpload, lacksViewer } = operation
  const hasEffect = event !== undefined || session !== undefined || isLive === true
  return !hasEffect && isCredential !== true && isUpload !== true && lacksViewer !== true
}

export class RepeatedRead {
  readonly operation: Operation
  readonly call: Call
  /** Who asked: somebody else's call is another one. */
  readonly identity: SessionEntry | undefined
  /** What stands behind the number. */
  readonly #bytes: Uint8Array

  private constructor(
    bytes: Uint8Array,
    known: { operation: Operation; call: Call; identity: SessionEntry | undefined },
  ) {
    this.#bytes = bytes
    this.operation = known.operation
    this.call = known.call
    this.identity = known.identity
  }

  /**
   * What is remembered of a frame that was decoded; undefined where its requests are not all alike, or are too long.
   * @param bytes of the frame
   * @param requests what it was decoded to
   */
  static of(
    bytes: Uint8Array,
    requests: readonly { readonly id: number }[],
    known: { operation: Operation; call: Call; identity: SessionEntry | undefined },
  ): RepeatedRead | undefined {
    const isSingle = bytes[0] === fixedArray3 && bytes[1] !== fixedArray3
    const first = isSingle ? 0 : headerBytes(bytes)
    // A client writes its numbers as short as they can be, or all of them alike.
    const width = widthAt(bytes, first + 1)
    const isShortest = width === bytesOfNumber(requests[0]!.id)
    let others = first
    for (const { id } of requests) others += 1 + (isShortest ? bytesOfNumber(id) : width)
    const length = (bytes.length - others) / requests.length
    if (!Number.isInteger(length) || length < 1 || length > bytesMax) return undefined
    const start = first + 1 + width
    // A copy: the frame's own bytes are gone when it has been taken.
    const repeated = new RepeatedRead(Uint8Array.from(bytes.subarray(start, start + length)), known)
    return repeated.numbersOf(bytes) === undefined ? undefined : repeated
  }

  /** The numbers of a frame that says this again, once or several times; undefined for any other. Good until the next call. */
  numbersOf(bytes: Uint8Array): readonly number[] | undefined {
    const isSingle = bytes[0] === fixedArray3 && bytes[1] !== fixedArray3
    const count = isSingle ? 1 : countOf(bytes)
    if (count < 1 || count > requestsPerFrameMax) return undefined
    // The decoder counts the keys of a frame; none is shorter than this, with its value.
    if (count * Math.floor(this.#bytes.length / entryBytesMin) > clientKeysMax) return undefined
    let at = isSingle ? 0 : headerBytes(bytes)
    numbers.length = 0
    for (let left = count; left > 0; left--) {
      if (bytes[at] !== fixedArray3) return undefined
      const number = numberAt(bytes, at + 1)
      if (number === 0) return undefined
      at += 1 + widthAt(bytes, at + 1)
      if (!this.#standsAt(bytes, at)) return undefined
      at += this.#bytes.length
      numbers.push(number)
    }
    return at === bytes.length ? numbers : undefined
  }

  #standsAt(bytes: Uint8Array, start: number): boolean {
    const known = this.#bytes
    if (bytes.length - start < known.length) return false
    for (let at = 0; at < known.length; at++) if (bytes[start + at] !== known[at]) return false
    return true
  }
}

const numbers: number[] = []

/** The requests of a frame that holds several; 0 for one that does not begin like that. */
function countOf(bytes: Uint8Array): number {
  const first = bytes[0] ?? 0
  if (first >= fixedArray && first <= fixedArrayEnd) return first - fixedArray
  return first === array16 && bytes.length >= 3 ? bytes[1]! * 256 + bytes[2]! : 0
}

function headerBytes(bytes: Uint8Array): number {
  return bytes[0] === array16 ? 3 : 1
}

/** In its shortest form. */
function bytesOfNumber(value: number): number {
  if (value < 0x80) return 1
  if (value <= 0xff) return 2
  return value <= 0xffff ? 3 : 5
}

/** Bytes of the number that begins here; 1 for what is none. */
function widthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first === uint8) return 2
  if (first === uint16) return 3
  return first === uint32 ? 5 : 1
}

/** The positive number that stands here; 0 where there is none, or a larger one. */
function numberAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return first
  const width = widthAt(bytes, at)
  if (width === 1 || at + width > bytes.length) return 0
  let value = 0
  for (let place = 1; place < width; place++) value = value * 256 + bytes[at + place]!
  return value
}
