// The HTTP side of the gateway: the same operations, for whoever has no socket.
//
// Routes, methods and statuses come from the definitions. A request is answered exactly once: by its
// operation, or by a problem that says what to do.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { isRefused, routeCall } from '../calls.ts'
import type { SessionEntry } from '../identity/identity.ts'
import type { Sessions } from '../identity/sessions.ts'
import { httpRequestsInFlightMax } from '../limits.ts'
import type { Shards } from '../links/shards.ts'
import type { HttpRequest, HttpResponse, TemplatedApp } from '../listener.ts'
import { queryOf } from '../listener.ts'
import type { GatewayMetrics } from '../metrics.ts'
import { answerPreflight } from './cross-origin.ts'
import type { Exchange } from './exchange.ts'
import { collectBody, decodeBody } from './http-body.ts'
import { HttpCall } from './http-call.ts'
import type { HttpCallers } from './http-callers.ts'
import type { Frame, Handler } from './http-guard.ts'
import { guard, guarded } from './http-guard.ts'
import type { RawParams, Route } from './http-routes.ts'
import { checkParams, queryParams, routes } from './http-routes.ts'
import type { KnownQuery } from './known-queries.ts'
import { KnownQueries } from './known-queries.ts'
import { withMarks } from './marked-request.ts'

export type HttpApiOptions = Frame & {
  readonly shards: Shards
  readonly sessions: Sessions
  readonly callers: HttpCallers
  readonly metrics: GatewayMetrics
  /** The OpenAPI document, as JSON. */
  readonly openApi: string
  /** @returns why this process cannot serve now; undefined where it can. */
  readonly whyNotReady: () => string | undefined
}

/** What was asked for, once the body is there. */
type Asked = {
  readonly exchange: Exchange
  readonly route: Route
  readonly query: string
  /** What came with it; or, where the same query came before, what that has come to. */
  readonly given: RawParams | KnownQuery
}

const methodsOfApp = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'del' } as const

export class HttpApi {
  readonly #options: HttpApiOptions
  readonly #known = new KnownQueries()
  #inFlight = 0

  constructor(options: HttpApiOptions) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#inFlight
  }

  serve(app: TemplatedApp): void {
    app.options(
      '/*',
      this.#guarded((exchange, request) => {
        if (!answerPreflight(exchange, this.#options.origins)) request.setYield(true)
      }),
    )
    this.#page(app, '/openapi.json', (exchange) =>
      exchange.answer({
        status: 200,
        contentType: 'application/json',
        body: this.#options.openApi,
      }),
    )
    this.#page(app, '/livez', (exchange) => answerText(exchange, 200, 'alive'))
    this.#page(app, '/readyz', (exchange) => {
      const reason = this.#options.whyNotReady()
      answerText(exchange, reason === undefined ? 200 : 503, reason ?? 'ready')
    })
    app.get('/v1/live', this.#guarded(refuseWithoutUpgrade))
    const methods = new Map<string, string[]>()
    for (const route of routes) {
      // Files have a way of their own: media/media-api.ts.
      if (route.operation.isUpload === true) continue
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

  #guarded(handler: Handler): (response: HttpResponse, request: HttpRequest) => void {
    return guarded(this.#options, handler)
  }

  #guard(exchange: Exchange, work: () => void): void {
    guard(this.#options.log, exchange, work)
  }

  #receive(route: Route, exchange: Exchange, request: HttpRequest): void {
    if (this.#inFlight >= httpRequestsInFlightMax) {
      exchange.refuse(failure('unavailable', { message: 'Too many requests are being answered.' }))
      return
    }
    this.#inFlight++
    // Passwords that are tried are counted by address, also those of clients that do not wait for the outcome.
    if (route.operation.isCredential === true) exchange.noteAddress()
    const query = queryOf(request)
    exchange.onOver(() => this.#inFlight--)
    const known = this.#known.find(route, query)
    if (known !== undefined) {
      this.#authenticate({ exchange, route, query, given: known })
      return
    }
    const path = route.pathNames.map((_, place) => request.getParameter(place) ?? '')
    const idempotencyKey = exchange.header('idempotency-key')
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
            given: { path, other, otherNotation, idempotencyKey },
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
    const given = { path, other: read.params, otherNotation: 'text', idempotencyKey } as const
    this.#authenticate({ exchange, route, query, given })
  }

  #authenticate(asked: Asked): void {
    const { exchange } = asked
    this.#options.callers.identify(exchange, (identity) => {
      this.#guard(exchange, () => this.#call(asked, identity))
    })
  }

  #call(asked: Asked, identity: SessionEntry | undefined): void {
    const { exchange, route, query } = asked
    const { shards, metrics, sessions } = this.#options
    const startedAtMs = performance.now()
    const params = this.#check(asked)
    if ('refused' in params) {
      this.#refuse(asked, params.refused, startedAtMs)
      return
    }
    exchange.identity = identity
    const call = routeCall(route.operation, { ...params, caller: exchange }, shards.partitionCount)
    if (isRefused(call)) {
      this.#refuse(asked, call.refused, startedAtMs)
      return
    }
    const base = this.#options.callers.base(exchange)
    const isOwnPage = this.#options.callers.isOwnPage(exchange)
    const from = { exchange, route, query, identity, base, isOwnPage }
    const request = new HttpCall({ ...from, call, startedAtMs, metrics, sessions })
    shards.request(withMarks(request, shards))
  }

  #check({ route, query, given }: Asked): KnownQuery | { readonly refused: ErrorBody } {
    if ('packed' in given) return given
    const params = checkParams(route, given)
    return 'refused' in params ? params : this.#known.keep(route, query, params.checked)
  }

  /** Refuses what no shard is asked about. */
  #refuse({ exchange, route }: Asked, error: ErrorBody, startedAtMs: number): void {
    const { operation } = route
    this.#options.metrics.answered(operation, error.code, performance.now() - startedAtMs)
    exchange.refuse(error, { operation })
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
