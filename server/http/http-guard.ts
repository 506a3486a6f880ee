// The frame around every HTTP handler: no exception leaves it, because the native layer would end the
// process. Whatever goes wrong is logged with the request's id, and answered.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import type { Log } from '../../protocol/std/log.ts'
import type { HttpRequest, HttpResponse } from '../listener.ts'
import { admitOrigin } from './cross-origin.ts'
import type { Surroundings } from './exchange.ts'
import { Exchange } from './exchange.ts'

/** A failure where HTTP has a status of its own for it. */
export class HttpFailure extends RequestFailure {
  readonly status: number | undefined

  constructor(body: ErrorBody, { status }: { readonly status?: number } = {}) {
    super(body)
    this.status = status
  }
}

export type Handler = (exchange: Exchange, request: HttpRequest) => void

/** What is around all handlers. */
export type Frame = Surroundings & {
  readonly log: Log
  /** Whose pages may use this server besides its own. */
  readonly origins: ReadonlySet<string>
}

/** A handler as the native layer calls it. */
export function guarded(
  frame: Frame,
  handler: Handler,
): (response: HttpResponse, request: HttpRequest) => void {
  const { log, origins } = frame
  return (response, request) => {
    const exchange = new Exchange(response, request, frame)
    exchange.isHandled = false
    admitOrigin(exchange, origins)
    guard(log, exchange, () => handler(exchange, request))
    exchange.isHandled = true
  }
}

/** Does a part of the work of a handler, later on. */
export function guard(log: Log, exchange: Exchange, work: () => void): void {
  try {
    work()
  } catch (error) {
    answerBug(log, exchange, error)
  }
}

export function answerBug(log: Log, exchange: Exchange, error: unknown): void {
  const { requestId, path } = exchange
  log.error({ err: error, requestId, path }, 'an HTTP request failed')
  exchange.refuse(failure('internal'))
}
