// A client as an application would write it: typed calls over one WebSocket that comes back.
//
// It keeps three promises. What is in flight is bounded: a call waits for a place before it is sent
// (backpressure reaches the caller as a promise that takes longer). A request ends once: with its answer, or
// with a CallFailure after the retries that the server's advice allows; a repeat carries the same
// operation id. A lost socket is opened again by the next call, and comes back signed in.

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import type { Fields } from '../../protocol/fields.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Answer, Operation, Params } from '../../protocol/operation.ts'
import type { OperationName } from '../../protocol/registry.ts'
import { operations } from '../../protocol/registry.ts'
import { Places } from '../std/bounded.ts'
import type { Socket, SocketClose } from './socket.ts'
import { liveUrl, openSocket, UpgradeRefused } from './socket.ts'
import type { MessageHandler } from './wire.ts'
import { readFrame, writeRequest } from './wire.ts'

export type CallParams<N extends OperationName> = Params<(typeof operations)[N]>
export type CallAnswer<N extends OperationName> = Answer<(typeof operations)[N]>

export type ClientOptions = {
  readonly url: string
  readonly token?: string | undefined
  /** Requests without an answer yet; further calls wait. */
  readonly inFlightMax?: number
  readonly timeoutMs?: number
  /** How often one call is repeated where the server advises it. */
  readonly retriesMax?: number
  /** Every push, undecoded; `data` is valid within the call only. */
  readonly onPush?: (event: string, data: Uint8Array) => void
  /** The socket was lost; the next call opens it again. */
  readonly onLost?: (close: SocketClose) => void
}

const defaults = { inFlightMax: 64, timeoutMs: 10_000, retriesMax: 8 } as const
/** Unsent bytes above which the client waits with further requests. */
const bufferedBytesMax = 1024 * 1024
const sweepEveryMs = 100
const pauseMsFirst = 25
const pauseMsMax = 2_000

/** The end of a call that was not answered with a result. `attempts` counts the sendings. */
export class CallFailure extends RequestFailure {
  readonly attempts: number
  constructor(body: ErrorBody, attempts: number, options?: ErrorOptions) {
    super(body, options)
    this.attempts = attempts
  }
}

type Pending = {
  readonly deadlineMs: number
  readonly resolve: (result: Uint8Array) => void
  readonly reject: (error: RequestFailure) => void
}

export class Client implements AsyncDisposable {
  readonly #options: ClientOptions & typeof defaults
  readonly #url: string
  readonly #places: Places
  /** In the order of their deadlines, since the timeout is the same for all. */
  readonly #pending = new Map<number, Pending>()
  readonly #writer = new MessagePackWriter(512)
  readonly #operationIdPrefix = randomBytes(9).toString('base64url')
  #operationIds = 0
  #lastId = 0
  #token: string | undefined
  #socket: Socket | undefined
  #opening: Promise<Socket> | undefined
  #sweep: NodeJS.Timeout | undefined
  #ended: ErrorBody | undefined

  private constructor(options: ClientOptions) {
    this.#options = { ...defaults, ...options } as ClientOptions & typeof defaults
    this.#url = liveUrl(options.url)
    this.#token = options.token
    this.#places = new Places(this.#options.inFlightMax)
  }

  /** Connects, with the retries of a call. Throws CallFailure. */
  static async open(options: ClientOptions): Promise<Client> {
    const client = new Client(options)
    await client.connect()
    return client
  }

  /** The token of the user that the socket is signed in as. */
  get token(): string | undefined {
    return this.#token
  }

  /** Opens the socket if it is not open. Throws CallFailure. */
  async connect(): Promise<void> {
    await this.#repeated(async () => {
      await this.#open()
    })
  }

  /**
   * Calls an operation and decodes its answer.
   * Throws CallFailure: a refusal, a failure that is not worth a retry, or one that outlasted them.
   */
  async call<N extends OperationName>(name: N, params: CallParams<N>): Promise<CallAnswer<N>> {
    const operation: Operation = operations[name]
    const sent = this.#withOperationId(operation, params as Readonly<Record<string, unknown>>)
    const result = await this.#repeated(() => this.#attempt(operation, sent))
    const fields = operation.answer as Fields
    const answer = decodeValue({ kind: 'record', fields }, result) as CallAnswer<N>
    this.#followSession(operation, { sent, answer: answer as { token?: string } })
    return answer
  }

  /** Closes for good; calls in flight are rejected. */
  close(): void {
    this.#ended = failure('unavailable', { message: 'the client is closed' })
    clearInterval(this.#sweep)
    this.#socket?.close()
    this.#socket = undefined
    this.#rejectPending(this.#ended)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #repeated<T>(attempt: () => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error
        const body = this.#ended ?? error.body
        if (body.retry === 'never' || attempts > this.#options.retriesMax || this.#ended) {
          throw new CallFailure(body, attempts, { cause: error })
        }
        await delay(pauseMs(body, attempts))
      }
    }
  }

  async #attempt(operation: Operation, params: Readonly<Record<string, unknown>>) {
    await this.#places.take()
    try {
      const socket = await this.#open()
      while (socket === this.#socket && socket.bufferedBytes > bufferedBytesMax) await delay(1)
      return await this.#send(socket, { operation, params })
    } finally {
      this.#places.giveBack()
    }
  }

  #send(
    socket: Socket,
    request: { operation: Operation; params: Readonly<Record<string, unknown>> },
  ): Promise<Uint8Array> {
    const id = ++this.#lastId
    this.#writer.reset()
    writeRequest(this.#writer, { id, ...request })
    return new Promise((resolve, reject) => {
      const deadlineMs = performance.now() + this.#options.timeoutMs
      this.#pending.set(id, { deadlineMs, resolve, reject })
      this.#sweep ??= setInterval(() => this.#rejectLate(), sweepEveryMs)
      socket.send(this.#writer.copy())
    })
  }

  /** One attempt at a socket, shared by all who ask meanwhile. Throws RequestFailure. */
  async #open(): Promise<Socket> {
    if (this.#ended !== undefined) throw new RequestFailure(this.#ended)
    if (this.#socket !== undefined) return this.#socket
    this.#opening ??= this.#openSocket().finally(() => {
      this.#opening = undefined
    })
    return await this.#opening
  }

  async #openSocket(): Promise<Socket> {
    try {
      const socket = await openSocket({
        url: this.#url,
        token: this.#token,
        onFrame: (bytes) => readFrame(bytes, this.#handler),
        onClose: (close) => this.#lost(close),
      })
      if (this.#ended !== undefined) {
        socket.close()
        throw new RequestFailure(this.#ended)
      }
      this.#socket = socket
      return socket
    } catch (cause) {
      if (!(cause instanceof UpgradeRefused)) throw cause
      throw new RequestFailure(failureOfUpgrade(cause), { cause })
    }
  }

  readonly #handler: MessageHandler = {
    // The frame's memory is reused by nobody, so that a result can outlive the call.
    onResult: (id, result) => this.#settled(id)?.resolve(result),
    onError: (id, error) => this.#settled(id)?.reject(new RequestFailure(error)),
    onPush: (event, data) => this.#options.onPush?.(event, data),
  }

  /** Undefined for an answer that comes after its timeout. */
  #settled(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #lost(close: SocketClose): void {
    this.#socket = undefined
    if (close.code >= 4000 && close.code < 4100) {
      this.#ended ??= failure(close.code === 4001 ? 'unauthenticated' : 'forbidden', {
        message: `the server closed with ${close.code} ${close.reason}`,
      })
    }
    this.#rejectPending(failure('unknown_outcome', { message: `closed with ${close.code}` }))
    this.#options.onLost?.(close)
  }

  #rejectPending(body: ErrorBody): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(new RequestFailure(body))
  }

  #rejectLate(): void {
    const nowMs = performance.now()
    for (const [id, pending] of this.#pending) {
      if (pending.deadlineMs > nowMs) break
      this.#pending.delete(id)
      pending.reject(new RequestFailure(failure('timeout')))
    }
    if (this.#pending.size > 0) return
    clearInterval(this.#sweep)
    this.#sweep = undefined
  }

  /** Gives a write the key by which the server knows its repeats. */
  #withOperationId(operation: Operation, params: Readonly<Record<string, unknown>>) {
    if (!('operationId' in operation.request) || params['operationId'] !== undefined) return params
    return { ...params, operationId: `${this.#operationIdPrefix}.${++this.#operationIds}` }
  }

  #followSession(
    operation: Operation,
    call: { sent: Readonly<Record<string, unknown>>; answer: { token?: string } },
  ): void {
    if (operation.session === 'opens') this.#token = call.answer.token
    if (operation.session === 'resumes') this.#token = call.sent['token'] as string
    if (operation.session === 'ends') this.#token = undefined
  }
}

/** What a refused upgrade means for the calls that wait for the socket. */
function failureOfUpgrade(refused: UpgradeRefused): ErrorBody {
  const { status, message } = refused
  if (status === 401) return failure('unauthenticated', { message })
  if (status === 429) return failure('rate_limited', { message })
  if (status >= 400 && status < 500) return failure('bad_request', { message })
  return failure('unavailable', { message })
}

/** The server's own pause, or a doubling one; with jitter, so that many clients do not march in step. */
function pauseMs(body: ErrorBody, attempts: number): number {
  const doubled = Math.min(pauseMsFirst * 2 ** attempts, pauseMsMax)
  return (body.retryAfterMs ?? doubled) * (0.75 + Math.random() / 2)
}
