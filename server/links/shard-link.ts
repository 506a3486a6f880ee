// The link to one shard: one TCP connection that carries everything between this gateway and it.
//
// Requests of one event-loop turn leave in one write. Each request is settled, for certain: by the shard's
// answer, by its deadline, or by being handed back, because the shard did not serve it or the link went
// down. A link that is down reconnects in the background; it never queues for a shard that is away, because
// a queue would only turn a short outage into a long one.

import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { FrameBatch, frameKinds, readAnswer, readNotServed } from '../../protocol/cluster.ts'
import type { ShardStatus } from '../../protocol/cluster-status.ts'
import { readStatus } from '../../protocol/cluster-status.ts'
import { ClusterProtocolError, FrameReader, intoReader } from '../../protocol/cluster-stream.ts'
import { failure } from '../../protocol/errors.ts'
import {
  clusterFrameBytesMax,
  clusterHandshakeBytesMax,
  clusterHandshakeTimeoutMs,
  requestsInFlightMax,
  requestTimeoutMs,
} from '../../protocol/limits.ts'
import type { Log } from '../../protocol/std/log.ts'
import {
  linkBufferedBytesMax,
  linkPauseMaxMs,
  linkPauseMinMs,
  linkSweepPeriodMs,
  retryUnservedMs,
} from '../limits.ts'
import { LinkAddresses } from './link-addresses.ts'
import { LinkHandshake } from './link-handshake.ts'
import type { LinkListener } from './link-listener.ts'
import type { GatewayOperators } from './link-operators.ts'
import { LinkOperators } from './link-operators.ts'
import { LinkPages } from './link-pages.ts'
import { LinkSilence } from './link-silence.ts'
import { splitAddress } from './members.ts'
import type { PageCache } from './page-cache.ts'
import { PendingRequests } from './pending-requests.ts'
import type { RequestLink, ShardRequest } from './shard-request.ts'

export type ShardLinkOptions = {
  readonly name: string
  readonly gatewayName: string
  readonly secret: string
  readonly log: Log
  readonly listener: LinkListener<ShardLink>
  readonly operators: GatewayOperators
  readonly pages: PageCache
}

export class ShardLink implements RequestLink {
  readonly name: string
  readonly #options: ShardLinkOptions
  /** What operators ask of the shard. */
  readonly operators: LinkOperators
  readonly #pages: LinkPages
  readonly #pending = new PendingRequests()
  readonly #sweep: NodeJS.Timeout
  readonly #addresses: LinkAddresses
  #batch = new FrameBatch()
  #socket: Socket | undefined
  #isUp = false
  #isClosed = false
  #isFlushPlanned = false
  #lastRequestId = 0
  #failures = 0
  readonly #silence = new LinkSilence()
  #retry: NodeJS.Timeout | undefined

  constructor(options: ShardLinkOptions) {
    this.name = options.name
    this.#options = options
    this.#addresses = new LinkAddresses(options.name)
    this.#pages = new LinkPages(options.pages)
    this.operators = new LinkOperators({
      gateway: options.operators,
      send: (kind, body) => this.#send(kind, body),
    })
    this.#sweep = setInterval(() => this.#failOverdue(), linkSweepPeriodMs).unref()
  }

  /** Whether requests can be sent: the shard has shown that it knows the secret. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** Connects to where the shard is now, `host:port`; a shard that was started again has a new port. */
  follow(addresses: readonly string[]): void {
    if (!this.#addresses.follow(addresses)) return
    this.#failures = 0
    if (this.#socket === undefined) {
      clearTimeout(this.#retry)
      this.#connect()
    } else if (this.#addresses.isWrong) this.#socket.destroy()
  }

  request(request: ShardRequest): void {
    if (!this.#isUp) {
      request.failed(failure('unavailable', { retryAfterMs: retryUnservedMs }))
      return
    }
    if (this.#isFull()) {
      request.failed(failure('unavailable', { message: 'The shard is too busy.' }))
      return
    }
    const requestId = this.#takeRequestId()
    this.#pending.add(requestId, request)
    request.sends++
    request.sentTo = this.name
    request.sentNumber = requestId
    request.sentBy(this)
    const { call } = request
    this.#batch.request({
      requestId,
      operation: request.operation.code,
      partition: call.partition,
      slot: request.slot,
      actor: call.actor,
      context: call.context,
      params: call.params,
      validator: this.#pages.validatorFor(request),
    })
    this.#planFlush()
  }

  disconnected(slot: number): void {
    if (!this.#isUp) return
    this.#batch.disconnected(slot)
    this.#planFlush()
  }

  #send(kind: number, body: Uint8Array): void {
    if (!this.#isUp) return
    this.#batch.add(kind, body)
    this.#planFlush()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    clearInterval(this.#sweep)
    this.#socket?.destroy()
  }

  #isFull(): boolean {
    return (
      this.#pending.count >= requestsInFlightMax ||
      this.#socket!.writableLength > linkBufferedBytesMax
    )
  }

  #takeRequestId(): number {
    this.#lastRequestId = this.#lastRequestId === 0xffff_ffff ? 1 : this.#lastRequestId + 1
    return this.#lastRequestId
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return
    this.#isFlushPlanned = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#isFlushPlanned = false
    const batch = this.#batch
    if (batch.length === 0 || !this.#isUp) return
    const taken = batch.take()
    this.#socket?.write(taken, () => batch.recycle(taken))
  }

  #connect(): void {
    const reader = new FrameReader(clusterHandshakeBytesMax)
    const socket = connect({
      ...splitAddress(this.#addresses.next()),
      noDelay: true,
      keepAlive: true,
      // Answers are most of what there is to read.
      onread: intoReader(reader, (count) => this.#read(() => reader.received(count, onFrame))),
    })
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
    socket.on('error', (error) => {
      this.#options.log.debug({ shard: this.name, reason: error.message }, 'shard link failed')
    })
    socket.on('close', () => {
      clearTimeout(deadline)
      this.#closed()
    })
  }

  #read(read: () => void): void {
    this.#silence.heard()
    try {
      read()
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
    else if (kind === frameKinds.notModified || kind === frameKinds.validatedAnswer) {
      const settled = this.#pages.settle(kind, body, this.#pending)
      if (settled !== undefined) this.#answered(settled.request, settled.result)
    } else if (kind === frameKinds.push) listener.onPush(body)
    else if (kind === frameKinds.notServed) this.#handBack(readNotServed(body))
    else if (kind === frameKinds.status) this.#onStatus(readStatus(body))
    else if (kind === frameKinds.sessionEnded) listener.onSessionEnded(body.toString())
    else this.operators.receive(kind, body)
  }

  #onStatus(status: ShardStatus): void {
    if (this.#addresses.isWrongBy(status)) {
      this.#socket?.destroy()
      return
    }
    this.#failures = 0
    this.#silence.told(status)
    this.operators.told(status.reports)
    this.#pages.told(status)
    this.#options.listener.onStatus(this, status)
  }

  #settle(body: Buffer): void {
    const answer = readAnswer(body)
    const request = this.#pending.take(answer.requestId)
    if (request === undefined) return
    this.#pages.answered(request)
    if ('error' in answer) request.failed(answer.error)
    else this.#answered(request, answer.result)
  }

  #answered(request: ShardRequest, result: Buffer): void {
    try {
      request.answered(result)
    } catch (error) {
      // A shard of another version may answer what this one cannot read: one request's bug.
      const operation = request.operation.name
      this.#options.log.error({ err: error, operation }, 'an answer cannot be read')
      request.failed(failure('internal'))
    }
  }

  #handBack(requestId: number): void {
    const request = this.#pending.take(requestId)
    if (request !== undefined) this.#options.listener.onNotServed(this, request)
  }

  #opened(): void {
    this.#isUp = true
    this.#addresses.opened()
    this.#batch = new FrameBatch()
    this.#options.log.info({ shard: this.name }, 'shard link up')
  }

  #closed(): void {
    const wasUp = this.#isUp
    this.#socket = undefined
    this.#isUp = false
    const unanswered = this.#pending.takeAll()
    this.operators.lost()
    this.#pages.lost()
    if (wasUp && !this.#isClosed) {
      this.#options.log.warn({ shard: this.name, requests: unanswered.length }, 'shard link down')
    }
    if (wasUp) this.#options.listener.onDown(this, unanswered)
    if (!this.#isClosed) this.#connectLater()
  }

  /** The pause doubles, and up to half of it is left to chance: gateways do not come back in step. */
  #connectLater(): void {
    const pauseMs = Math.min(linkPauseMaxMs, linkPauseMinMs * 2 ** Math.min(this.#failures++, 8))
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), pauseMs * (0.5 + Math.random() / 2))
  }

  #failOverdue(): void {
    const nowMs = performance.now()
    const overdue = this.#pending.takeStartedBy(nowMs - requestTimeoutMs)
    for (const request of overdue) request.failed(failure('timeout'))
    if (this.#isUp && this.#silence.isTooLong(overdue.length > 0)) this.#socket?.destroy()
  }
}
