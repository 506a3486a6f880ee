// One HTTP exchange: what was asked, copied out of the native request, and the one answer to it.
//
// The native layer ends the process if a handler returns without having answered or registered
// `onAborted`, and forbids to touch an aborted response. So this is the first thing that every handler
// makes, and the only thing that answers.

import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ErrorBody } from '../../protocol/errors.ts'
import type { Operation } from '../../protocol/operation.ts'
import { STATUS_CODES } from '../../protocol/std/http.ts'
import type { TraceContext } from '../../protocol/trace-context.ts'
import { traceOf } from '../../protocol/trace-context.ts'
import type { AddressCounts } from '../address-counts.ts'
import type { SessionEntry } from '../identity/identity.ts'
import type { AddressOf, HttpRequest, HttpResponse } from '../listener.ts'
import { remoteAddressOf } from '../listener.ts'
import { problemOf } from './problem.ts'
import type { SendOptions } from './send-stream.ts'
import { sendBody, sendStream } from './send-stream.ts'

export type AnswerOptions = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly body?: string | Uint8Array
  /** The length of a body that a HEAD does not send. */
  readonly bytes?: number
  /** Closes the connection afterwards: what it still brings is not wanted. */
  readonly isLast?: boolean
}

export type StreamOptions = Pick<AnswerOptions, 'status' | 'headers'> & {
  readonly contentType: string
  readonly bytes: number
}

const statusLines: ReadonlyMap<number, string> = new Map(
  Object.entries(STATUS_CODES).map(([status, text]) => [Number(status), `${status} ${text}`]),
)
const requestIdPrefix = randomBytes(6).toString('base64url')
let requestCount = 0

/** By name, what every answer says that does not say otherwise: as a line behind another header. */
const securityHeaders: readonly (readonly [name: string, line: string])[] = Object.entries({
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
}).map(([name, value]) => [name, headerLine(name, value)])

/** What an exchange has to know of its gateway. */
export type Surroundings = {
  readonly addressOf: AddressOf
  /** Exchanges that wait for their clients, to send a body or to take one; without a limit where it is left out. */
  readonly waiting?: AddressCounts
}

export class Exchange {
  readonly response: HttpResponse
  readonly method: string
  readonly path: string
  readonly requestId: string
  /** The trace of whoever asks; undefined where they tell of none. */
  readonly trace: TraceContext | undefined
  /** Name, value, name, value, …: there are few, and to look through them takes less than to make a table. */
  readonly #headers: string[] = []
  /** Who asks, once it is known. */
  identity: SessionEntry | undefined
  /** Headers of whatever answer this gets, such as the state of a rate limit. */
  readonly extraHeaders: Record<string, string> = {}
  readonly #around: Surroundings
  #address: string | undefined
  /** Whether the handler has not returned yet: what the client sent behind this request has not been read. */
  isHandled = true
  #isAnswered = false
  #isOver = false
  #isBodyPaused = false
  #isWaiting = false
  readonly #onOver: (() => void)[] = []

  constructor(
    response: HttpResponse,
    request: HttpRequest,
    around: Surroundings = { addressOf: remoteAddressOf },
  ) {
    this.response = response
    this.#around = around
    response.onAborted(() => this.#end())
    this.method = request.getCaseSensitiveMethod()
    this.path = request.getUrl()
    const headers = this.#headers
    request.forEach((name, value) => {
      headers.push(name, value)
    })
    const given = this.header('x-request-id')
    this.trace = traceOf(this.header('traceparent'), () => randomBytes(8))
    this.requestId = /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : nextRequestId()
  }

  /** Where the client is; '' where it has gone before anybody wanted to know, which takes a call of the system. */
  get address(): string {
    if (this.#address === undefined && !this.#isOver) this.noteAddress()
    return this.#address ?? ''
  }

  /** Keeps the address for later, whatever the client does until then. */
  noteAddress(): void {
    this.#address = this.#around.addressOf(this.response)
  }

  /** Answered or aborted: nothing can be sent any more. The client may still be taking the answer. */
  get isOver(): boolean {
    return this.#isOver || this.#isAnswered
  }

  /** @param name in lower case; '' where the header is absent. Of two, the first one counts. */
  header(name: string): string {
    const headers = this.#headers
    for (let place = 0; place < headers.length; place += 2) {
      if (headers[place] === name) return headers[place + 1]!
    }
    return ''
  }

  /** Called once, when the client has taken the answer, or is gone. */
  onOver(listener: () => void): void {
    this.#onOver.push(listener)
  }

  /** Counts this as waiting for its client until it is over. @returns false where its address has too many of these */
  waitForClient(): boolean {
    const { waiting } = this.#around
    if (waiting === undefined || this.#isWaiting) return true
    const { address } = this
    this.#isWaiting = waiting.take(address)
    if (this.#isWaiting) this.onOver(() => waiting.release(address))
    return this.#isWaiting
  }

  answer(options: AnswerOptions): void {
    if (this.isOver) return
    // A client that is still sending would not get to the answer otherwise.
    this.resumeBody()
    this.#isAnswered = true
    // Of what has no body the native layer does not say whether it is taken. So it is not over within the handler, and the
    // native layer ends a connection on which more requests stand behind it.
    if (this.isHandled || !this.#isBodiless(options)) this.#answerNow(options)
    else setImmediate(() => this.#answerNow(options))
  }

  #isBodiless({ body }: AnswerOptions): boolean {
    return body === undefined || this.method === 'HEAD'
  }

  #answerNow(options: AnswerOptions): void {
    if (this.#isOver) return
    const { response } = this
    response.cork(() => {
      response.writeStatus(statusLines.get(options.status) ?? `${options.status} Unknown`)
      this.#writeHeaders(options)
      this.#writeBody(options)
    })
  }

  /**
   * Answers with a body of `bytes` bytes that comes bit by bit, as fast as the client takes it. Where the source
   * breaks, so does the connection; it is destroyed in any case.
   */
  answerFrom(source: Readable, options: StreamOptions): void {
    if (this.isOver) {
      source.destroy()
      return
    }
    this.#isAnswered = true
    const { response } = this
    response.cork(() => {
      response.writeStatus(statusLines.get(options.status) ?? `${options.status} Unknown`)
      this.#writeHeaders(options)
    })
    sendStream(response, source, this.#sendOptions(options.bytes))
  }

  #sendOptions(bytes: number): SendOptions {
    return {
      bytes,
      isOver: () => this.#isOver,
      onOver: (listener) => this.onOver(listener),
      onSent: () => this.#end(),
    }
  }

  /** Lets the client wait before it sends more of its body. */
  pauseBody(): void {
    if (this.isOver || this.#isBodyPaused) return
    this.#isBodyPaused = true
    this.response.pause()
  }

  resumeBody(): void {
    if (this.#isOver || !this.#isBodyPaused) return
    this.#isBodyPaused = false
    this.response.resume()
  }

  /**
   * What an answer says of itself goes before what all of them say. All go to the native layer as one, the later ones
   * as if they were part of the first one's value: each call there takes longer than to put them together here.
   */
  #writeHeaders({
    headers = {},
    contentType,
  }: Pick<AnswerOptions, 'headers' | 'contentType'>): void {
    let lines = this.requestId
    for (const [name, line] of securityHeaders) if (headers[name] === undefined) lines += line
    for (const name in this.extraHeaders) lines += headerLine(name, this.extraHeaders[name]!)
    for (const name in headers) lines += headerLine(name, headers[name]!)
    if (contentType !== undefined) lines += headerLine('Content-Type', contentType)
    this.response.writeHeader('X-Request-Id', lines)
  }

  /** Turns the connection into a socket: the other way for an exchange to end. */
  upgrade(upgrade: (response: HttpResponse) => void): void {
    if (this.isOver) return
    this.#end()
    upgrade(this.response)
  }

  /** Answers with problem+json. */
  refuse(
    error: ErrorBody,
    options: {
      readonly operation?: Operation
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly isLast?: boolean
    } = {},
  ): void {
    const problem = problemOf(error, { requestId: this.requestId, ...options })
    const headers: Record<string, string> = { 'Cache-Control': 'no-store', ...options.headers }
    if (problem.status === 401) headers['WWW-Authenticate'] = 'Bearer realm="rookery"'
    if (problem.status === 429 || problem.status === 503) {
      headers['Retry-After'] = String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000)))
    }
    this.answer({
      status: problem.status,
      headers,
      contentType: 'application/problem+json',
      body: JSON.stringify(problem),
      ...(options.isLast === undefined ? {} : { isLast: options.isLast }),
    })
  }

  #writeBody({ body, bytes, isLast = false }: AnswerOptions): void {
    const { response } = this
    // The native layer takes an undefined for a length of 2^63, which a proxy refuses.
    if (body === undefined && bytes === undefined && !isLast) response.endWithoutBody()
    else if (body === undefined) response.endWithoutBody(bytes ?? 0, isLast)
    else if (this.method === 'HEAD') response.endWithoutBody(Buffer.byteLength(body), isLast)
    else if (isLast || body.length === 0) response.end(body, isLast)
    else {
      const options = this.#sendOptions(Buffer.byteLength(body))
      const onBehind = (): void => {
        if (!this.waitForClient()) response.close()
      }
      sendBody(response, body, { ...options, onBehind })
      return
    }
    this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const listener of this.#onOver) listener()
  }
}

function headerLine(name: string, value: string): string {
  return `\r\n${name}: ${value}`
}

function nextRequestId(): string {
  requestCount++
  return `${requestIdPrefix}-${requestCount.toString(36)}`
}
