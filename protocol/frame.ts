// Frames between bytes and values: what clients send, and what our own processes pack.
//
// The only importer of msgpackr. Its decoder understands extensions, records and typed objects
// whatever its options say, so bytes from a client are first walked by `scanPlain`: a linear pass
// that lets through plain MessagePack only, with depth and counts bounded by the bytes that are really
// there. What passes can be decoded without surprises; what does not is answered with an error.

import { Packr, Unpackr } from 'msgpackr'
import { clientDepthMax, jsonKeysMax, requestsPerFrameMax } from './limits.ts'
import { decodePlain, NotPlainError } from './plain.ts'

const plain = {
  useRecords: false,
  moreTypes: false,
  structuredClone: false,
  mapsAsObjects: true,
  int64AsType: 'number',
  variableMapSize: true,
} as const
const packr = new Packr({ ...plain })
const unpackr = new Unpackr({ ...plain })

/** Packs a plain value. The bytes are the caller's. */
export function pack(value: unknown): Buffer {
  return Buffer.from(packr.pack(value))
}

/** Unpacks what one of our own processes packed. */
export function unpack(bytes: Uint8Array): unknown {
  return unpackr.unpack(bytes)
}

/** One request of a client: id and operation name are checked, the parameters are not yet. */
export type ClientRequest = {
  readonly id: number
  readonly operation: string
  readonly params: unknown
}

/** Why a client's frame could not be read. `id` is the request's, where that much was readable. */
export class FrameProblem {
  readonly problem: string
  readonly id: number
  constructor(problem: string, id = 0) {
    this.problem = problem
    this.id = id
  }
}

/** Reads a binary frame of a client: one request, or an array of requests. */
export function readMessagePackFrame(
  bytes: Uint8Array,
): (ClientRequest | FrameProblem)[] | FrameProblem {
  const read = readMessagePackValue(bytes)
  return 'value' in read ? requestsOf(read.value) : new FrameProblem(read.problem)
}

/** Reads a text frame of a client: one request, or an array of requests. */
export function readJsonFrame(text: string): (ClientRequest | FrameProblem)[] | FrameProblem {
  const read = readJsonValue(text)
  return 'value' in read ? requestsOf(read.value) : new FrameProblem(read.problem)
}

/** A value of a client, or what is wrong with its bytes. */
export type ReadValue = { readonly value: unknown } | { readonly problem: string }

/** Reads MessagePack from a stranger. */
export function readMessagePackValue(bytes: Uint8Array): ReadValue {
  const problem = scanPlain(bytes)
  if (problem !== undefined) return { problem }
  try {
    return { value: decodePlain(bytes) }
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error
    return { problem: `holds ${error.message}` }
  }
}

/** Reads JSON from a stranger. */
export function readJsonValue(text: string): ReadValue {
  const { depth, keyCount } = jsonShape(text)
  if (depth > clientDepthMax) return { problem: `is nested deeper than ${clientDepthMax}` }
  if (keyCount > jsonKeysMax) return { problem: `has more than ${jsonKeysMax} keys` }
  try {
    return { value: JSON.parse(text) }
  } catch {
    // JSON.parse says where, in the words of an engine: the client gets one sentence instead.
    return { problem: 'is not valid JSON' }
  }
}

function requestsOf(value: unknown): (ClientRequest | FrameProblem)[] | FrameProblem {
  if (!Array.isArray(value) || value.length === 0) {
    return new FrameProblem('must be [id, operation, params], or a list of such requests')
  }
  if (!Array.isArray(value[0])) return [requestOf(value)]
  if (value.length > requestsPerFrameMax) {
    return new FrameProblem(`must hold at most ${requestsPerFrameMax} requests`)
  }
  return value.map(requestOf)
}

function requestOf(value: unknown): ClientRequest | FrameProblem {
  if (!Array.isArray(value)) return new FrameProblem('must be [id, operation, params]')
  const [id, operation, params] = value
  if (!Number.isSafeInteger(id) || id <= 0) {
    return new FrameProblem('must start with an id: a positive integer')
  }
  if (typeof operation !== 'string') {
    return new FrameProblem('must name an operation after the id', id)
  }
  if (value.length > 3) return new FrameProblem('must be [id, operation, params]', id)
  return { id, operation, params: params ?? {} }
}

/** How deep the brackets of a JSON text go, and its keys: one pass, without building anything. */
function jsonShape(text: string): { depth: number; keyCount: number } {
  let open = 0
  let depth = 0
  let keyCount = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 0x22) index = endOfJsonString(text, index)
    else if (unit === 0x5b || unit === 0x7b) depth = Math.max(depth, ++open)
    else if (unit === 0x5d || unit === 0x7d) open--
    else if (unit === 0x3a) keyCount++
  }
  return { depth, keyCount }
}

function endOfJsonString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== 0x22) {
    index += text.charCodeAt(index) === 0x5c ? 2 : 1
  }
  return index
}

/**
 * Walks MessagePack from a stranger.
 * @returns what is wrong with it: anything but nil, booleans, numbers, text, arrays and maps; nesting
 * deeper than the limit; a count or length larger than the bytes that follow; bytes left over.
 */
export function scanPlain(bytes: Uint8Array): string | undefined {
  // The number of values still to come on each open level.
  const open = new Uint32Array(clientDepthMax + 1)
  open[0] = 1
  let depth = 0
  let offset = 0
  while (depth >= 0) {
    if (open[depth] === 0) {
      depth--
      continue
    }
    open[depth]!--
    if (offset >= bytes.length) return 'ends too early'
    const shape = shapeAt(bytes, offset)
    if (shape === undefined) return 'holds a type that is not plain MessagePack'
    offset += shape.bytes
    if (offset > bytes.length || shape.items > bytes.length - offset) return 'ends too early'
    if (shape.items > 0) {
      if (++depth > clientDepthMax) return `is nested deeper than ${clientDepthMax}`
      open[depth] = shape.items
    }
  }
  return offset === bytes.length ? undefined : 'has bytes left over'
}

/** How many bytes one value takes without its items, and how many values follow inside it. */
export type Shape = { readonly bytes: number; readonly items: number }

export function shapeAt(bytes: Uint8Array, offset: number): Shape | undefined {
  const tag = bytes[offset]!
  if (tag < 0x80 || tag >= 0xe0) return { bytes: 1, items: 0 }
  if (tag < 0x90) return { bytes: 1, items: (tag & 0x0f) * 2 }
  if (tag < 0xa0) return { bytes: 1, items: tag & 0x0f }
  if (tag < 0xc0) return { bytes: 1 + (tag & 0x1f), items: 0 }
  const fixed = fixedBytes[tag]
  if (fixed !== undefined) return { bytes: fixed, items: 0 }
  if (tag >= 0xd9 && tag <= 0xdb) {
    const width = 1 << (tag - 0xd9)
    return { bytes: 1 + width + uintAt(bytes, offset + 1, width), items: 0 }
  }
  if (tag === 0xdc || tag === 0xdd) {
    const width = tag === 0xdc ? 2 : 4
    return { bytes: 1 + width, items: uintAt(bytes, offset + 1, width) }
  }
  if (tag === 0xde || tag === 0xdf) {
    const width = tag === 0xde ? 2 : 4
    return { bytes: 1 + width, items: uintAt(bytes, offset + 1, width) * 2 }
  }
  return undefined
}

/** nil, false, true; 32 and 64-bit floats; unsigned and signed integers of 8 to 64 bits. */
const fixedBytes: Readonly<Record<number, number>> = {
  192: 1,
  194: 1,
  195: 1,
  202: 5,
  203: 9,
  204: 2,
  205: 3,
  206: 5,
  207: 9,
  208: 2,
  209: 3,
  210: 5,
  211: 9,
}

/** A big-endian length; beyond the end of the bytes it reads as too large for what is there. */
function uintAt(bytes: Uint8Array, offset: number, width: number): number {
  if (offset + width > bytes.length) return bytes.length + 1
  let value = 0
  for (let index = 0; index < width; index++) value = value * 256 + bytes[offset + index]!
  return value
}
