// The HTTP side of the gateway: the same operations, for whoever has no socket.
//
// Routes, methods and statuses come from the definitions. A request is answered exactly once: by its
// operation, or by a problem that says what to do.

import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import type { Log } from '../protocol/std/log.ts'
import { bearerToken, checkedHost, cookieToken, isOriginAllowed } from './admission.ts'
import { isRefused, routeCall } from './calls.ts'
import { Exchange } from './exchange.ts'
import { collectBody, decodeBody } from './http-body.ts'
import { HttpCall } from './http-call.ts'
import type { RawParams, Route } from './http-routes.ts'
import { checkParams, queryParams, routes } from './http-routes.ts'
import type { SessionEntry } from './identity.ts'
import { httpRequestsInFlightMax, rateBucketsMax } from './limits.ts'
import type { HttpRequest, HttpResponse, TemplatedApp } from './listener.ts'
import type { GatewayMetrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import type { RateShape } from './rate-limit.ts'
import { Buckets, take, untilFullMs } from './rate-limit.ts'
import type { Sessions } from './sessions.ts'
import { isEntry } from './sessions.ts'
import type { Shards } from './shards.ts'

export type HttpApiOptions = {
  readonly shards: Shards
  readonly sessions: Sessions
  readonly metrics: GatewayMetrics
  readonly log: Log
  readonly rate: RateShape
  readonly origins: ReadonlySet<string>
  /** '' where the Host header says it. */
  readonly publicUrl: string
  /** @returns why this process cannot serve now; undefined where it can. */
  readonly whyNotReady: () => string | undefined
}

type Handler = (exchange: Exchange, request: HttpRequest) => void

/** What was asked for, once the body is there. */
type Asked = {
  readonly exchange: Exchange
  readonly route: Route
  readonly query: string
  readonly raw: RawParams
}

const methodsOfApp = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'del' } as const

export class HttpApi {
  readonly #options: HttpApiOptions
  readonly #buckets: Buckets
  #inFlight = 0

  constructor(options: HttpApiOptions) {
    this.#options = options
    this.#buckets = new Buckets(options.rate, rateBucketsMax)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  serve(app: TemplatedApp): void {
    const openApi = JSON.stringify(openApiDocument())
    this.#page(app, '/openapi.json', (exchange) => exchange.answer({ status: 200, body: openApi }))
    this.#page(app, '/livez', (exchange) => answerText(exchange, 200, 'alive'))
    this.#page(app, '/readyz', (exchange) => {
      const reason = this.#options.whyNotReady()
      answerText(exchange, reason === undefined ? 200 : 503, reason ?? 'ready')
    })
    app.get('/v1/live', this.#guarded(refuseWithoutUpgrade))
    const methods = new Map<string, string[]>()
    for (const route of routes) {
      const handler = this.#guarded((exchange, request) => this.#receive(route, exchange, request))
      app[methodsOfApp[route.method]](route.pattern, handler)
      if (route.method === 'GET') app.head(route.pattern, handler)
      const known = methods.get(shapeOfPattern(route.pattern)) ?? []
      known.push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
      methods.set(shapeOfPattern(route.pattern), known)
    }
    for (const [pattern, known] of methods) this.#refuseMethods(app, pattern, known)
    app.any(
      '/*',
      this.#guarded((exchange) => exchange.refuse(notFound())),
    )
  }

  #page(app: TemplatedApp, path: string, handler: Handler): void {
    app.get(path, this.#guarded(handler))
    app.head(path, this.#guarded(handler))
    this.#refuseMethods(app, path, ['GET', 'HEAD'])
  }

  #refuseMethods(app: TemplatedApp, pattern: string, known: readonly string[]): void {
    const allow = known.join(', ')
    const refuse = this.#guarded((exchange) => {
      const message = `There is ${allow} here.`
      exchange.refuse(failure('bad_request', { message }), {
        status: 405,
        headers: { Allow: allow },
      })
    })
    app.any(pattern, refuse)
  }

  /** No exception leaves a handler: the native layer would end the process. */
  #guarded(handler: Handler): (response: HttpResponse, request: HttpRequest) => void {
    return (response, request) => {
      const exchange = new Exchange(response, request)
      this.#guard(exchange, () => handler(exchange, request))
    }
  }

  #guard(exchange: Exchange, work: () => void): void {
    try {
      work()
    } catch (error) {
      const { requestId, path } = exchange
      this.#options.log.error({ err: error, requestId, path }, 'an HTTP request failed')
      exchange.refuse(failure('internal'))
    }
  }

  #receive(route: Route, exchange: Exchange, request: HttpRequest): void {
    if (this.#inFlight >= httpRequestsInFlightMax) {
      exchange.refuse(failure('unavailable', { message: 'Too many requests are being answered.' }))
      return
    }
    this.#inFlight++
    const query = request.getQuery()
    const path = route.pathNames.map((_, place) => request.getParameter(place) ?? '')
    const idempotencyKey = exchange.header('idempotency-key')
    exchange.onOver(() => this.#inFlight--)
    if (route.hasBody) {
      collectBody(exchange, (bytes) => {
        this.#guard(exchange, () => {
          const body = decodeBody(bytes, exchange.header('content-type'))
          if ('refused' in body) {
            exchange.refuse(body.refused, body.status === undefined ? {} : { status: body.status })
            return
          }
          const { value: other, notation: otherNotation } = body
          this.#authenticate({
            exchange,
            route,
            query,
            raw: { path, other, otherNotation, idempotencyKey },
          })
        })
      })
      return
    }
    const read = queryParams(query)
    if ('refused' in read) {
      exchange.refuse(read.refused)
      return
    }
    const raw = { path, other: read.params, otherNotation: 'text', idempotencyKey } as const
    this.#authenticate({ exchange, route, query, raw })
  }

  #authenticate(asked: Asked): void {
    const { exchange } = asked
    const credentials = this.#credentials(exchange)
    if ('refused' in credentials) {
      exchange.refuse(credentials.refused)
      return
    }
    const { token } = credentials
    const known =
      token === undefined ? undefined : this.#options.sessions.cached(token, performance.now())
    if (!this.#takeFromRate(exchange, known)) return
    if (token === undefined || known !== undefined) {
      this.#call(asked, known)
      return
    }
    this.#options.sessions.resolve(token, (resolved) => {
      if (isEntry(resolved)) this.#guard(exchange, () => this.#call(asked, resolved))
      else exchange.refuse(resolved)
    })
  }

  /** The token of the header, or that of the cookie where it is certain that a page of ours sent it. */
  #credentials(
    exchange: Exchange,
  ): { readonly token: string | undefined } | { readonly refused: ErrorBody } {
    const authorization = exchange.header('authorization')
    if (authorization !== '') {
      const token = bearerToken(authorization)
      const message = 'Authorization must be Bearer TOKEN.'
      return token === undefined ? { refused: failure('unauthenticated', { message }) } : { token }
    }
    const token = cookieToken(exchange.header('cookie'))
    if (token === undefined || exchange.method === 'GET' || exchange.method === 'HEAD') {
      return { token }
    }
    const message = 'A session cookie counts only for pages of this server.'
    return this.#isOwnPage(exchange) ? { token } : { refused: failure('forbidden', { message }) }
  }

  #isOwnPage(exchange: Exchange): boolean {
    const origin = exchange.header('origin')
    if (origin !== '') {
      const host = checkedHost(exchange.header('host'))
      return isOriginAllowed(origin, { host, origins: this.#options.origins })
    }
    return exchange.header('sec-fetch-site') === 'same-origin'
  }

  /** Counts the request against its user, or against its address where nobody is signed in. */
  #takeFromRate(exchange: Exchange, identity: SessionEntry | undefined): boolean {
    const { rate } = this.#options
    if (rate.perSecond === 0) return true
    const nowMs = performance.now()
    const key = identity === undefined ? exchange.address : `user ${identity.userId}`
    const bucket = this.#buckets.of(key, nowMs)
    const retryAfterMs = take(bucket, rate, nowMs)
    const resetAt = Math.ceil((Date.now() + untilFullMs(bucket, rate)) / 1000)
    exchange.extraHeaders['X-RateLimit-Limit'] = String(rate.burst)
    exchange.extraHeaders['X-RateLimit-Remaining'] = String(Math.floor(bucket.tokens))
    exchange.extraHeaders['X-RateLimit-Reset'] = String(resetAt)
    if (retryAfterMs === 0) return true
    exchange.refuse(failure('rate_limited', { retryAfterMs }))
    return false
  }

  #call(asked: Asked, identity: SessionEntry | undefined): void {
    const { exchange, route, query } = asked
    const { shards, metrics, sessions } = this.#options
    const startedAtMs = performance.now()
    const params = checkParams(route, asked.raw)
    if ('refused' in params) {
      this.#refuse(asked, params.refused, startedAtMs)
      return
    }
    const caller = { identity, address: exchange.address }
    const { checked } = params
    const call = routeCall(route.operation, { checked, caller }, shards.partitionCount)
    if (isRefused(call)) {
      this.#refuse(asked, call.refused, startedAtMs)
      return
    }
    const base = this.#base(exchange)
    const isOwnPage = this.#isOwnPage(exchange)
    const from = { exchange, route, query, identity, base, isOwnPage }
    shards.request(new HttpCall({ ...from, call, startedAtMs, metrics, sessions }))
  }

  /** Refuses what no shard is asked about. */
  #refuse({ exchange, route }: Asked, error: ErrorBody, startedAtMs: number): void {
    const { operation } = route
    this.#options.metrics.answered(operation, error.code, performance.now() - startedAtMs)
    exchange.refuse(error, { operation })
  }

  #base(exchange: Exchange): string {
    if (this.#options.publicUrl !== '') return this.#options.publicUrl
    const host = checkedHost(exchange.header('host'))
    return host === '' ? '' : `http://${host}`
  }
}

function notFound(): ErrorBody {
  return failure('not_found', { message: 'There is nothing at this path; see /openapi.json.' })
}

function refuseWithoutUpgrade(exchange: Exchange): void {
  const message = 'This is a WebSocket: ask for an upgrade.'
  exchange.refuse(failure('bad_request', { message }), {
    status: 426,
    headers: { Upgrade: 'websocket' },
  })
}

function answerText(exchange: Exchange, status: number, text: string): void {
  const contentType = 'text/plain; charset=utf-8'
  const headers = { 'Cache-Control': 'no-store' }
  exchange.answer({ status, headers, contentType, body: `${text}\n` })
}

/** Patterns that differ only in the names of their parameters are one path. */
function shapeOfPattern(pattern: string): string {
  return pattern.replaceAll(/:\w+/g, ':parameter')
}
