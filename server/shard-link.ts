// The link to one shard: one TCP connection that carries everything between this gateway and it.
//
// Requests of one event-loop turn leave in one write. Each request has one answer or one failure, for
// certain: by the shard, by its deadline, or because the link went down. A link that is down answers
// at once and reconnects in the background; it never queues for a shard that is away, because a queue
// would only turn a short outage into a long one.

import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { RequestContext, ShardStatus } from '../protocol/cluster.ts'
import {
  ClusterProtocolError,
  FrameBatch,
  FrameReader,
  frameKinds,
  readAnswer,
} from '../protocol/cluster.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { unpack } from '../protocol/frame.ts'
import type { Partition } from '../protocol/ids.ts'
import {
  clusterFrameBytesMax,
  clusterHandshakeBytesMax,
  clusterHandshakeTimeoutMs,
  requestsInFlightMax,
  requestTimeoutMs,
} from '../protocol/limits.ts'
import type { Operation } from '../protocol/operation.ts'
import type { Log } from '../protocol/std/log.ts'
import {
  linkBufferedBytesMax,
  linkPauseMaxMs,
  linkPauseMinMs,
  linkSweepPeriodMs,
  retryUnservedMs,
} from './limits.ts'
import { LinkHandshake } from './link-handshake.ts'

/** Who waits for an answer. Exactly one of the two is called, once. */
export interface Waiter {
  readonly operation: Operation
  /** When the request was read, on the clock of `performance.now()`. */
  readonly startedAtMs: number
  /**
   * Throws, before anything else has happened, where the result cannot be read: `failed` follows.
   * @param result the encoded answer: a view that lives until the link has told `readEnded`
   */
  answered(result: Buffer): void
  failed(error: ErrorBody): void
}

export type ShardRequest = {
  readonly partition: Partition
  /** Where pushes for the sender go; 0 for HTTP. */
  readonly slot: number
  readonly actor: number
  readonly context: RequestContext | undefined
  readonly params: Uint8Array
}

export type LinkListener = {
  onStatus(link: ShardLink, status: ShardStatus): void
  onPush(body: Buffer): void
  onSessionEnded(tokenHash: string): void
  /** What was read in one go has been handed out. */
  onReadEnded(): void
  onDown(link: ShardLink): void
}

export type ShardLinkOptions = {
  readonly name: string
  readonly gatewayName: string
  readonly secret: string
  readonly log: Log
  readonly listener: LinkListener
}

export class ShardLink {
  readonly name: string
  readonly #options: ShardLinkOptions
  readonly #pending = new Map<number, Waiter>()
  readonly #sweep: NodeJS.Timeout
  #address = { host: '', port: 0 }
  #batch = new FrameBatch()
  #socket: Socket | undefined
  #isUp = false
  #isClosed = false
  #isFlushPlanned = false
  #nextRequestId = 1
  #failures = 0
  #readAtMs = 0
  #retry: NodeJS.Timeout | undefined

  constructor(options: ShardLinkOptions) {
    this.name = options.name
    this.#options = options
    this.#sweep = setInterval(() => this.#failOverdue(), linkSweepPeriodMs)
    this.#sweep.unref()
  }

  /** Whether requests can be sent: the shard has shown that it knows the secret. */
  get isUp(): boolean {
    return this.#isUp
  }

  get inFlight(): number {
    return this.#pending.size
  }

  /** Connects to where the shard is now; a shard that was started again has a new port. */
  connectTo(host: string, port: number): void {
    if (host === this.#address.host && port === this.#address.port) return
    this.#address = { host, port }
    this.#failures = 0
    clearTimeout(this.#retry)
    if (this.#socket === undefined) this.#connect()
    else this.#socket.destroy()
  }

  request(request: ShardRequest, waiter: Waiter): void {
    if (!this.#isUp) {
      waiter.failed(failure('unavailable', { retryAfterMs: retryUnservedMs }))
      return
    }
    const bufferedBytes = this.#socket!.writableLength
    if (this.#pending.size >= requestsInFlightMax || bufferedBytes > linkBufferedBytesMax) {
      waiter.failed(failure('unavailable', { message: 'The shard is too busy.' }))
      return
    }
    const requestId = this.#takeRequestId()
    this.#pending.set(requestId, waiter)
    this.#batch.request({
      requestId,
      operation: waiter.operation.code,
      partition: request.partition,
      slot: request.slot,
      actor: request.actor,
      context: request.context,
      params: request.params,
    })
    this.#planFlush()
  }

  /** Tells the shard that pushes to this slot have nowhere to go any more. */
  disconnected(slot: number): void {
    if (!this.#isUp) return
    this.#batch.disconnected(slot)
    this.#planFlush()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    clearInterval(this.#sweep)
    this.#socket?.destroy()
  }

  #takeRequestId(): number {
    const requestId = this.#nextRequestId
    this.#nextRequestId = requestId === 0xffff_ffff ? 1 : requestId + 1
    return requestId
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return
    this.#isFlushPlanned = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#isFlushPlanned = false
    if (this.#batch.length > 0 && this.#isUp) this.#socket?.write(this.#batch.take())
  }

  #connect(): void {
    const { host, port } = this.#address
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    const reader = new FrameReader(clusterHandshakeBytesMax)
    const handshake = new LinkHandshake(this.#options, socket)
    const deadline = setTimeout(() => socket.destroy(), clusterHandshakeTimeoutMs)
    this.#socket = socket
    const onFrame = (kind: number, body: Buffer): void => {
      if (this.#isUp) {
        this.#receive(kind, body)
        return
      }
      handshake.receive(kind, body)
      clearTimeout(deadline)
      reader.bytesMax = clusterFrameBytesMax
      this.#opened()
    }
    socket.on('connect', () => handshake.begin())
    socket.on('data', (chunk) => this.#read(reader, { chunk, onFrame }))
    socket.on('error', (error) => {
      this.#options.log.debug({ shard: this.name, reason: error.message }, 'shard link failed')
    })
    socket.on('close', () => {
      clearTimeout(deadline)
      this.#closed()
    })
  }

  #read(
    reader: FrameReader,
    read: { chunk: Buffer; onFrame: (kind: number, body: Buffer) => void },
  ): void {
    this.#readAtMs = performance.now()
    try {
      reader.read(read.chunk, read.onFrame)
    } catch (error) {
      if (!(error instanceof ClusterProtocolError)) throw error
      this.#options.log.warn({ shard: this.name, reason: error.message }, 'shard link refused')
      this.#socket?.destroy()
    }
    this.#options.listener.onReadEnded()
  }

  #receive(kind: number, body: Buffer): void {
    const { listener } = this.#options
    if (kind === frameKinds.answer) this.#settle(body)
    else if (kind === frameKinds.push) listener.onPush(body)
    else if (kind === frameKinds.status) listener.onStatus(this, unpack(body) as ShardStatus)
    else if (kind === frameKinds.sessionEnded) listener.onSessionEnded(body.toString())
    else throw new ClusterProtocolError(`a frame of kind ${kind}, which no shard sends`)
  }

  #settle(body: Buffer): void {
    const answer = readAnswer(body)
    const waiter = this.#pending.get(answer.requestId)
    // The answer to a request that was given up at its deadline comes too late for anybody.
    if (waiter === undefined) return
    this.#pending.delete(answer.requestId)
    if ('error' in answer) {
      waiter.failed(answer.error)
      return
    }
    try {
      waiter.answered(answer.result)
    } catch (error) {
      // A shard of another version may answer what this one cannot read: that is one request's bug.
      const operation = waiter.operation.name
      this.#options.log.error({ err: error, operation }, 'an answer cannot be read')
      waiter.failed(failure('internal'))
    }
  }

  #opened(): void {
    this.#isUp = true
    this.#failures = 0
    this.#batch = new FrameBatch()
    this.#options.log.info({ shard: this.name }, 'shard link up')
  }

  #closed(): void {
    const wasUp = this.#isUp
    this.#socket = undefined
    this.#isUp = false
    const waiting = [...this.#pending.values()]
    this.#pending.clear()
    for (const waiter of waiting) waiter.failed(lostAnswer(waiter.operation))
    if (wasUp && !this.#isClosed) {
      this.#options.log.warn({ shard: this.name, requests: waiting.length }, 'shard link down')
      this.#options.listener.onDown(this)
    }
    if (!this.#isClosed) this.#connectLater()
  }

  /** The pause doubles, and up to half of it is left to chance: gateways do not come back in step. */
  #connectLater(): void {
    const pauseMs = Math.min(linkPauseMaxMs, linkPauseMinMs * 2 ** Math.min(this.#failures, 8))
    this.#failures++
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), pauseMs * (0.5 + Math.random() / 2))
  }

  /** All requests have the same time, so the map's order is that of their deadlines. */
  #failOverdue(): void {
    const nowMs = performance.now()
    let overdueCount = 0
    for (const [requestId, waiter] of this.#pending) {
      if (nowMs - waiter.startedAtMs < requestTimeoutMs) break
      this.#pending.delete(requestId)
      overdueCount++
      waiter.failed(failure('timeout'))
    }
    // Nothing at all was read for as long: the other side is gone, and the network did not say so.
    if (overdueCount > 0 && nowMs - this.#readAtMs > requestTimeoutMs) this.#socket?.destroy()
  }
}

/** A read can simply be sent again; of a write nobody knows. */
function lostAnswer(operation: Operation): ErrorBody {
  return operation.event === undefined
    ? failure('unavailable', { retryAfterMs: retryUnservedMs })
    : failure('unknown_outcome')
}
