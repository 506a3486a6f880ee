// The socket of somebody who is signed in: it comes back by itself, and calls survive its loss.
//
//   call ──> pending ──send──> socket ──answer──> resolved
//               ^                 │ lost
//               └──── sent again <┘ reopened          (every write has an operation id, so twice is once)
//
// Why a call may be sent again at all: reads change nothing, marks and follows are settings rather than
// steps, and posting carries an operation id. It ends after `callTimeoutMs` whatever happens.

import type { ErrorBody } from '../../../protocol/errors.ts'
import { failure, RequestFailure } from '../../../protocol/errors.ts'
import type { CallAnswer, CallParams, OperationName } from './call.ts'
import { paramsOnWire } from './call.ts'
import {
  callsPendingMax,
  callTimeoutMs,
  heartbeatMs,
  openTimeoutMs,
  reopenMsFirst,
  reopenMsMax,
  repeatPauseMs,
  repeatsMax,
  silenceMs,
} from './limits.ts'
import type { LiveSocket } from './live-socket.ts'
import { closedFor, quietly } from './live-socket.ts'
import { decode, encode } from './message-pack.ts'
import type { SessionHolder } from './session-holder.ts'

/** `refused`: it does not come back by itself. */
export type LineState = 'connecting' | 'online' | 'offline' | 'refused'

export type ConnectionOptions = {
  /** Opens a socket that is its user's, or none at all: the session belongs to the whole browser, and may change hands. */
  readonly openSocket: () => LiveSocket
  /** Every push, decoded. */
  readonly onPush: (event: string, data: unknown) => void
  readonly onState: (state: LineState) => void
  /** The session is over: elsewhere, or by time. */
  readonly onSignedOut: () => void
  /** The browser's session is another user's by now. */
  readonly onOtherUser: () => void
  /** Asked after a socket that never opened: a browser does not say why. */
  readonly whoseSession: () => Promise<SessionHolder>
  /** A cheap call that shows whether the line still lives. */
  readonly heartbeat: () => Promise<unknown>
  /** 0 to 1, for jitter. */
  readonly random: () => number
}

type Pending = {
  readonly id: number
  readonly name: string
  readonly params: object
  repeats: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: RequestFailure) => void
  readonly timeout: Timer
}

type Timer = ReturnType<typeof setTimeout>

export class Connection {
  readonly #options: ConnectionOptions
  readonly #pending = new Map<number, Pending>()
  #socket: LiveSocket | undefined
  #state: LineState = 'connecting'
  #lastId = 0
  #reopens = 0
  #reopenTimer: Timer | undefined
  #openTimer: Timer | undefined
  #beat: Timer | undefined
  #silence: Timer | undefined
  #isClosed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): LineState {
    return this.#state
  }

  /** Opens the socket now, if it is not open: at the start, and when the network says that it is back. */
  open(): void {
    if (this.#isClosed || this.#socket !== undefined) return
    clearTimeout(this.#reopenTimer)
    const socket = this.#options.openSocket()
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#opened(socket)
    socket.onmessage = ({ data }) => this.#heard(data as ArrayBuffer)
    socket.onclose = ({ code }) => this.#lost(socket, code)
    this.#socket = socket
    this.#openTimer = setTimeout(() => this.#drop(socket), openTimeoutMs)
  }

  /** Takes the line for dead, and opens a new one: the network says that it has changed. */
  reopen(): void {
    if (this.#socket !== undefined) this.#drop(this.#socket)
    this.#reopens = 0
    this.open()
  }

  /** Closes for good; what is in flight fails. */
  close(): void {
    this.#isClosed = true
    const socket = this.#socket
    this.#socket = undefined
    for (const timer of [this.#reopenTimer, this.#openTimer, this.#beat, this.#silence]) {
      clearTimeout(timer)
    }
    if (socket !== undefined) quietly(socket)
    for (const pending of [...this.#pending.values()]) {
      this.#fail(pending, failure('unavailable', { message: 'You have left.' }))
    }
  }

  /** Calls an operation; waits for the line where it is away. Rejects with RequestFailure. */
  call<N extends OperationName>(name: N, params: CallParams<N>): Promise<CallAnswer<N>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || this.#pending.size >= callsPendingMax) {
        reject(new RequestFailure(failure('unavailable')))
        return
      }
      const id = ++this.#lastId
      const pending: Pending = {
        id,
        name,
        params,
        repeats: 0,
        resolve: resolve as (result: unknown) => void,
        reject,
        timeout: setTimeout(() => this.#expire(id), callTimeoutMs),
      }
      this.#pending.set(id, pending)
      this.#send(pending)
    })
  }

  #send({ id, name, params }: Pending): void {
    if (this.#state !== 'online') return
    this.#socket?.send(encode([id, name, paramsOnWire(params)]))
    this.#silence ??= setTimeout(() => this.#fallSilent(), silenceMs)
  }

  #opened(socket: LiveSocket): void {
    if (socket !== this.#socket) return
    clearTimeout(this.#openTimer)
    this.#reopens = 0
    this.#state = 'online'
    // The gateway asks for ids that grow: what waits is sent before anybody can add to it.
    for (const pending of this.#pending.values()) this.#send(pending)
    this.#keepAlive()
    this.#options.onState('online')
  }

  #heard(data: ArrayBuffer): void {
    clearTimeout(this.#silence)
    this.#silence = undefined
    const frame = decode(new Uint8Array(data)) as unknown[]
    const messages = Array.isArray(frame[0]) ? (frame as unknown[][]) : [frame]
    for (const message of messages) this.#receive(message)
    if (this.#pending.size > 0 && this.#state === 'online') {
      this.#silence = setTimeout(() => this.#fallSilent(), silenceMs)
    }
  }

  #receive(message: unknown[]): void {
    const [id, result, error] = message
    if (id === 0) {
      this.#options.onPush(result as string, error)
      return
    }
    const pending = this.#pending.get(id as number)
    if (pending === undefined) return
    if (message.length < 3) {
      this.#settle(pending)
      pending.resolve(result)
    } else {
      this.#refused(pending, error as ErrorBody)
    }
  }

  #refused(pending: Pending, error: ErrorBody): void {
    if (error.retry === 'never' || pending.repeats >= repeatsMax) {
      this.#fail(pending, error)
      return
    }
    pending.repeats++
    const pauseMs = error.retryAfterMs ?? repeatPauseMs * 2 ** pending.repeats
    const again = (): void => {
      if (this.#pending.get(pending.id) === pending) this.#sendAnew(pending)
    }
    setTimeout(again, this.#jittered(pauseMs))
  }

  /** On a socket that has seen its id already, a call that is repeated needs a new one. */
  #sendAnew(pending: Pending): void {
    this.#pending.delete(pending.id)
    const id = ++this.#lastId
    clearTimeout(pending.timeout)
    const timeout = setTimeout(() => this.#expire(id), callTimeoutMs)
    const anew = { ...pending, id, timeout }
    this.#pending.set(id, anew)
    this.#send(anew)
  }

  #expire(id: number): void {
    const pending = this.#pending.get(id)
    const code = this.#state === 'online' ? 'timeout' : 'unavailable'
    const message = code === 'timeout' ? 'The server does not answer.' : 'You are offline.'
    if (pending !== undefined) this.#fail(pending, failure(code, { message }))
  }

  #fail(pending: Pending, error: ErrorBody): void {
    this.#settle(pending)
    pending.reject(new RequestFailure(error))
  }

  #settle(pending: Pending): void {
    clearTimeout(pending.timeout)
    this.#pending.delete(pending.id)
  }

  #keepAlive(): void {
    clearTimeout(this.#beat)
    this.#beat = setTimeout(() => {
      if (this.#state !== 'online') return
      // A failure shows by itself: the silence that follows it closes the socket.
      this.#options.heartbeat().catch(() => undefined)
      this.#keepAlive()
    }, heartbeatMs)
  }

  #fallSilent(): void {
    this.#silence = undefined
    if (this.#pending.size > 0 && this.#socket !== undefined) this.#drop(this.#socket)
  }

  /** A socket that is given up: it may never tell that it is closed. */
  #drop(socket: LiveSocket): void {
    quietly(socket)
    this.#lost(socket, 1006)
  }

  #lost(socket: LiveSocket, code: number): void {
    if (socket !== this.#socket) return
    const wasOpen = this.#state === 'online'
    this.#socket = undefined
    clearTimeout(this.#openTimer)
    clearTimeout(this.#silence)
    this.#silence = undefined
    if (code === closedFor.unauthenticated || code === closedFor.ended) {
      this.#options.onSignedOut()
      return
    }
    if (code >= 4000 && code < 4100) {
      this.#setState('refused')
      return
    }
    this.#setState('offline')
    this.#reopenLater(code)
    if (!wasOpen) void this.#askWhy()
  }

  #reopenLater(code: number): void {
    const isInvited = code >= closedFor.comeBackNow && code < 4300
    const pauseMs = Math.min(reopenMsFirst * 2 ** this.#reopens, reopenMsMax)
    this.#reopens++
    const waitMs = isInvited ? reopenMsFirst : code >= 4100 ? pauseMs * 4 : pauseMs
    this.#reopenTimer = setTimeout(() => this.open(), this.#jittered(waitMs))
  }

  async #askWhy(): Promise<void> {
    const holder = await this.#options.whoseSession()
    if (holder === 'nobody') this.#options.onSignedOut()
    else if (holder === 'another user') this.#options.onOtherUser()
  }

  #jittered(ms: number): number {
    return ms * (0.5 + this.#options.random())
  }

  #setState(state: LineState): void {
    if (state === this.#state) return
    this.#state = state
    this.#options.onState(state)
  }
}
