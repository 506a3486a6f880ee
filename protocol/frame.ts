// Frames between bytes and values: what clients send, and what our own processes pack.
//
// The only importer of msgpackr, which packs and unpacks between processes of ours. What a client sends
// never reaches it: plain.ts decodes that, and trusts nothing.

import { Packr, Unpackr } from 'msgpackr'
import { clientDepthMax, clientKeysMax, requestsPerFrameMax } from './limits.ts'
import { decodePlain, NotPlainError } from './plain.ts'

const plain = {
  useRecords: false,
  moreTypes: false,
  structuredClone: false,
  mapsAsObjects: true,
  int64AsType: 'number',
  variableMapSize: true,
  // What was unpacked outlives the bytes that it came from.
  copyBuffers: true,
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
  try {
    return { value: decodePlain(bytes) }
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error
    return { problem: error.message }
  }
}

/** Reads JSON from a stranger. */
export function readJsonValue(text: string): ReadValue {
  const { depth, keyCount } = jsonShape(text)
  if (depth > clientDepthMax) return { problem: `is nested deeper than ${clientDepthMax}` }
  if (keyCount > clientKeysMax) return { problem: `has more than ${clientKeysMax} keys` }
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
