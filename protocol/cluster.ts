// The frames between a gateway and a shard: a registry of its own, which a client's socket can never
// decode.
//
// One TCP connection carries everything between one gateway and one shard. Both sides batch the
// frames of an event-loop turn into one write. A frame is
//
//   u32 length of what follows | u8 kind | body          (little-endian throughout)
//
// Before anything else both sides prove that they know the cluster's secret:
//   gateway -> shard   hello      32 random bytes, name of the gateway
//   shard -> gateway   challenge  32 random bytes, proof "shard"
//   gateway -> shard   proof      proof "gateway"
// where a proof is HMAC-SHA256 over the role and both nonces (cluster-handshake.ts). Until then a frame
// may have 256 bytes, and there are 3 seconds.

import { ClusterProtocolError } from './cluster-stream.ts'
import type { ErrorBody } from './errors.ts'
import { pack, unpack } from './frame.ts'
import type { Partition } from './ids.ts'
import { clusterFrameBytesMax } from './limits.ts'
import type { RequestContext } from './request-context.ts'
import { packContext } from './request-context.ts'

export const frameKinds = {
  hello: 1,
  challenge: 2,
  proof: 3,
  request: 16,
  disconnected: 17,
  /** From one shard to another: the lease of a partition is free, for you. */
  handOver: 18,
  /** From one shard to another: a piece of a snapshot, please. */
  snapshotRead: 19,
  /** An operator asks something of a shard; and what a gateway tells of itself (reports.ts). */
  operatorAsk: 20,
  gatewayReport: 21,
  /** A request whose answer may come with a validator, or be that the page of its validator is as it was. */
  conditionalRequest: 22,
  answer: 32,
  push: 33,
  sessionEnded: 34,
  status: 35,
  /** The request has surely not been carried out: ask whoever serves the partition now. */
  notServed: 36,
  snapshotPiece: 37,
  /** The partition that was handed over is served, or will not be: the next one may come. */
  handOverEnded: 38,
  operatorAnswer: 39,
  gatewayAsk: 40,
  /** The answers to a conditional request, where they are no ordinary ones. */
  validatedAnswer: 41,
  notModified: 42,
} as const

/** The code of a push without data: one for these slots could not be made, so their streams have a hole. */
export const lostPushCode = 0

export type RequestFrame = {
  readonly requestId: number
  readonly operation: number
  readonly partition: Partition
  /** The gateway's number for the socket, where pushes go; 0 for HTTP. */
  readonly slot: number
  /** The signed-in user's id; 0 for nobody. */
  readonly actor: number
  readonly context: RequestContext | undefined
  /** The checked parameters, packed. */
  readonly params: Uint8Array
  /** Of a conditional request: the validator of the page that the gateway has, 0 for none. */
  readonly validator?: number | undefined
}

/** What a batch starts with, and up to where its buffer is kept for the next one. */
const batchBytesInitial = 64 * 1024
const batchBytesKeptMax = 4 * 1024 * 1024
const sparesMax = 2
const requestHeaderBytes = 1 + 4 + 2 + 1 + 4 + 8 + 2
const answerHeaderBytes = 1 + 4 + 1
/** A validator: a double. */
export const validatorBytes = 8
const pushHeaderBytes = 1 + 4
/** What fits in a frame that the other side takes: a body; an answer; a push's data and slots, 4 bytes each. */
export const frameBodyBytesMax = clusterFrameBytesMax - 1
export const answerBytesMax = clusterFrameBytesMax - answerHeaderBytes - validatorBytes - 2
export const pushBytesMax = frameBodyBytesMax - pushHeaderBytes

/**
 * Collects the frames of one event-loop turn. `take` gives them as one buffer, which then belongs
 * to the caller.
 */
export class FrameBatch {
  #bytes: Buffer = Buffer.allocUnsafeSlow(batchBytesInitial)
  #length = 0
  /** Buffers that were given back. While one is written the next is filled, and one more is on its way. */
  readonly #spares: Buffer[] = []

  get length(): number {
    return this.#length
  }

  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = this.#spares.pop() ?? Buffer.allocUnsafeSlow(batchBytesInitial)
    this.#length = 0
    return taken
  }

  /** Gives back what `take` gave, once it is written: a connection in use then makes no garbage. */
  recycle(taken: Buffer): void {
    if (taken.buffer.byteLength > batchBytesKeptMax || this.#spares.length === sparesMax) return
    this.#spares.push(Buffer.from(taken.buffer))
  }

  /** A frame whose body is already bytes. */
  add(kind: number, body: Uint8Array): void {
    const offset = this.#start(kind, body.length)
    this.#bytes.set(body, offset)
  }

  request(frame: RequestFrame): void {
    const { validator } = frame
    const context = packContext(frame.context)
    const size = requestHeaderBytes - 1 + context.length + frame.params.length
    let offset =
      validator === undefined
        ? this.#start(frameKinds.request, size)
        : this.#start(frameKinds.conditionalRequest, validatorBytes + size)
    const bytes = this.#bytes
    if (validator !== undefined) offset = bytes.writeDoubleLE(validator, offset)
    offset = bytes.writeUInt32LE(frame.requestId, offset)
    offset = bytes.writeUInt16LE(frame.operation, offset)
    offset = bytes.writeUInt8(frame.partition, offset)
    offset = bytes.writeUInt32LE(frame.slot, offset)
    offset = bytes.writeDoubleLE(frame.actor, offset)
    offset = bytes.writeUInt16LE(context.length, offset)
    bytes.set(context, offset)
    bytes.set(frame.params, offset + context.length)
  }

  /** @param result the encoded answer */
  answer(requestId: number, result: Uint8Array): void {
    this.#answer(requestId, { outcome: 0, body: result })
  }

  /** @param page its validator, and how many of its last bytes are a text that goes by the moment */
  validatedAnswer(
    requestId: number,
    page: { readonly validator: number; readonly tailBytes: number; readonly result: Uint8Array },
  ): void {
    const { validator, tailBytes, result } = page
    const size = 4 + validatorBytes + 2 + result.length
    let offset = this.#start(frameKinds.validatedAnswer, size)
    offset = this.#bytes.writeUInt32LE(requestId, offset)
    offset = this.#bytes.writeDoubleLE(validator, offset)
    offset = this.#bytes.writeUInt16LE(tailBytes, offset)
    this.#bytes.set(result, offset)
  }

  /** @param tail what the page ends with now, encoded */
  notModified(requestId: number, tail: Uint8Array): void {
    const offset = this.#start(frameKinds.notModified, 4 + tail.length)
    this.#bytes.writeUInt32LE(requestId, offset)
    this.#bytes.set(tail, offset + 4)
  }

  error(requestId: number, error: ErrorBody): void {
    this.#answer(requestId, { outcome: 1, body: pack(error) })
  }

  /** The answer of a shard that has surely not carried the request out. */
  notServed(requestId: number): void {
    const offset = this.#start(frameKinds.notServed, 4)
    this.#bytes.writeUInt32LE(requestId, offset)
  }

  disconnected(slot: number): void {
    const offset = this.#start(frameKinds.disconnected, 4)
    this.#bytes.writeUInt32LE(slot, offset)
  }

  /** One message for many sockets. `slots` holds `count` of them. */
  push(push: { code: number; slots: Uint32Array; count: number; data: Uint8Array }): void {
    let offset = this.#start(frameKinds.push, 1 + 4 + 4 * push.count + push.data.length)
    offset = this.#bytes.writeUInt8(push.code, offset)
    offset = this.#bytes.writeUInt32LE(push.count, offset)
    for (let index = 0; index < push.count; index++) {
      offset = this.#bytes.writeUInt32LE(push.slots[index]!, offset)
    }
    this.#bytes.set(push.data, offset)
  }

  #answer(requestId: number, answer: { outcome: number; body: Uint8Array }): void {
    let offset = this.#start(frameKinds.answer, answerHeaderBytes - 1 + answer.body.length)
    offset = this.#bytes.writeUInt32LE(requestId, offset)
    offset = this.#bytes.writeUInt8(answer.outcome, offset)
    this.#bytes.set(answer.body, offset)
  }

  /** Writes length and kind; gives the offset of the body. */
  #start(kind: number, bodyBytes: number): number {
    const offset = this.#length
    const needed = offset + 5 + bodyBytes
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, offset))
      this.#bytes = larger
    }
    this.#bytes.writeUInt32LE(1 + bodyBytes, offset)
    this.#bytes[offset + 4] = kind
    this.#length = needed
    return offset + 5
  }
}

/**
 * Throws ClusterProtocolError for a body that no gateway of ours writes.
 * @param from where the request begins, behind the validator of a conditional one
 */
export function readRequest(body: Buffer, from = 0, validator?: number): RequestFrame {
  const contextStart = from + requestHeaderBytes - 1
  if (body.length < contextStart) throw new ClusterProtocolError('a request cut short')
  const contextBytes = body.readUInt16LE(from + 19)
  const paramsStart = contextStart + contextBytes
  if (paramsStart > body.length) throw new ClusterProtocolError('a request cut short')
  return {
    requestId: body.readUInt32LE(from),
    operation: body.readUInt16LE(from + 4),
    partition: body.readUInt8(from + 6),
    slot: body.readUInt32LE(from + 7),
    actor: body.readDoubleLE(from + 11),
    context:
      contextBytes === 0
        ? undefined
        : (unpackOurs(body.subarray(contextStart, paramsStart)) as RequestContext),
    params: body.subarray(paramsStart),
    validator,
  }
}

/** Unpacks what another process of ours has packed; anything else breaks the protocol. */
export function unpackOurs(bytes: Uint8Array): unknown {
  try {
    return unpack(bytes)
  } catch (cause) {
    throw new ClusterProtocolError('bytes that are not packed by us', { cause })
  }
}

export type AnswerFrame =
  | { readonly requestId: number; readonly result: Buffer }
  | { readonly requestId: number; readonly error: ErrorBody }

export function readAnswer(body: Buffer): AnswerFrame {
  if (body.length < answerHeaderBytes - 1) throw new ClusterProtocolError('an answer cut short')
  const requestId = body.readUInt32LE(0)
  const rest = body.subarray(answerHeaderBytes - 1)
  return body[4] === 0
    ? { requestId, result: rest }
    : { requestId, error: unpackOurs(rest) as ErrorBody }
}

/** The id of a request that was not served. */
export function readNotServed(body: Buffer): number {
  if (body.length !== 4) throw new ClusterProtocolError('a refusal of another length')
  return body.readUInt32LE(0)
}

export type PushFrame = {
  readonly code: number
  readonly slots: Uint32Array
  readonly data: Buffer
}

export function readPush(body: Buffer): PushFrame {
  if (body.length < pushHeaderBytes) throw new ClusterProtocolError('a push cut short')
  const count = body.readUInt32LE(1)
  const dataStart = pushHeaderBytes + 4 * count
  if (dataStart > body.length) throw new ClusterProtocolError('a push cut short')
  const slots = new Uint32Array(count)
  for (let index = 0; index < count; index++) {
    slots[index] = body.readUInt32LE(pushHeaderBytes + 4 * index)
  }
  return { code: body[0]!, slots, data: body.subarray(dataStart) }
}
