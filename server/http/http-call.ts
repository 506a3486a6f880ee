// One call over HTTP: from the exchange to the shard, and the shard's answer back as a response.

import type { ErrorBody } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Operation } from '../../protocol/operation.ts'
import { pickValue } from '../../protocol/pick.ts'
import type { TraceContext } from '../../protocol/trace-context.ts'
import { sessionCookie } from '../admission.ts'
import { type HttpAnswer, httpAnswer } from '../frames.ts'
import type { SessionEntry } from '../identity/identity.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { ShardCall } from '../links/shard-request.ts'
import { ShardRequest } from '../links/shard-request.ts'
import type { GatewayMetrics } from '../metrics.ts'
import type { Exchange } from './exchange.ts'
import type { Route } from './http-routes.ts'
import { locationOf, nextLink } from './http-routes.ts'

export type HttpCallOptions = {
  readonly exchange: Exchange
  readonly route: Route
  readonly call: ShardCall
  readonly startedAtMs: number
  readonly query: string
  readonly identity: SessionEntry | undefined
  /** What absolute links start with; '' where it cannot be told. */
  readonly base: string
  /** Whether a page of our own asks, which keeps its session in a cookie. */
  readonly isOwnPage: boolean
  readonly metrics: GatewayMetrics
  readonly sessions: Sessions
}

export class HttpCall extends ShardRequest {
  readonly operation: Operation
  readonly call: ShardCall
  /** Nothing is pushed over HTTP. */
  readonly slot = 0
  readonly startedAtMs: number
  readonly #options: HttpCallOptions

  constructor(options: HttpCallOptions) {
    super()
    this.operation = options.route.operation
    this.call = options.call
    this.startedAtMs = options.startedAtMs
    this.#options = options
  }

  get isWanted(): boolean {
    return !this.#options.exchange.isOver
  }

  override get requestId(): string {
    return this.#options.exchange.requestId
  }

  override get trace(): TraceContext | undefined {
    return this.#options.exchange.trace
  }

  answered(result: Buffer): void {
    const { exchange, route } = this.#options
    const isBinary = exchange.header('accept').includes('application/msgpack')
    const { body, olderCursor } = isBinary
      ? this.#binaryAnswer(result)
      : httpAnswer(this.operation, result, this.page)
    const headers = this.#headers(result, olderCursor)
    this.#settled('ok')
    if (route.status === 204) {
      exchange.answer({ status: 204, headers })
      return
    }
    const contentType = isBinary ? 'application/msgpack' : 'application/json'
    exchange.answer({ status: route.status, headers, contentType, body })
  }

  failed(error: ErrorBody): void {
    this.#settled(error.code)
    this.#options.exchange.refuse(error, { operation: this.operation })
  }

  #settled(outcome: string): void {
    this.#options.metrics.settled(this, outcome)
  }

  #binaryAnswer(body: Buffer): HttpAnswer {
    const { hasOlderCursor } = this.#options.route
    const cursor = hasOlderCursor
      ? pickValue(this.operation.answer, body, ['olderCursor'])
      : undefined
    return { body, olderCursor: cursor === undefined ? undefined : String(cursor) }
  }

  #headers(result: Buffer, olderCursor: string | undefined): Record<string, string> {
    const { exchange, route, base, query } = this.#options
    const headers: Record<string, string> = { Vary: 'Accept, Authorization, Cookie' }
    if (this.#options.identity !== undefined || this.operation.session !== undefined) {
      headers['Cache-Control'] = 'no-store'
    }
    if (route.status === 201) {
      const location = locationOf(this.operation, result)
      if (location !== undefined) headers['Location'] = location
    }
    if (olderCursor !== undefined && base !== '') {
      headers['Link'] = nextLink({ olderCursor, base, path: exchange.path, query })
    }
    this.#keepSession(result, headers)
    return headers
  }

  /** A session that opens is known from now on, one that ends is forgotten; a browser's cookie follows. */
  #keepSession(result: Buffer, headers: Record<string, string>): void {
    if (this.operation.session === undefined) return
    const { sessions, identity, isOwnPage, base } = this.#options
    const attributes = `Path=/; HttpOnly; SameSite=Strict${base.startsWith('https:') ? '; Secure' : ''}`
    if (this.operation.session === 'opens') {
      const { answer } = this.operation
      const token = pickValue(answer, result, ['token']) as string
      sessions.adopt(token, pickValue(answer, result, ['user', 'id']) as UserId)
      if (isOwnPage) headers['Set-Cookie'] = `${sessionCookie}=${token}; ${attributes}`
    } else if (this.operation.session === 'ends') {
      if (identity !== undefined) sessions.ended(identity.tokenHash)
      headers['Set-Cookie'] = `${sessionCookie}=; Max-Age=0; ${attributes}`
    }
  }
}
