// Pages of other origins: what a browser has to be told before it lets a page ask a server that is not its own, and read
// what that answers (the Fetch standard, fetch.spec.whatwg.org, "CORS protocol").
//
//   OPTIONS, "may I POST with an Idempotency-Key?"   ->   204, these methods and headers, for two hours
//   POST                                             ->   201, and its page may read it
//
// Only origins that the operator named are told anything, on every answer of theirs, refusals as well. They may do what a
// page of our own may, so with the session's cookie too, where the browser sends it (SameSite=Strict). To all others
// the answers are as they would be without this; their browsers keep them from their pages.

import type { Exchange } from './exchange.ts'

/** What our answers say of themselves beyond what pages may read anyhow. */
const exposedHeaders =
  'ETag, Link, Location, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id'
const preflightHeaders: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Idempotency-Key, If-None-Match, Range, Traceparent, X-API-Key, X-Request-Id',
  // Browsers keep it for two hours at most.
  'Access-Control-Max-Age': '7200',
}

/** Lets pages of the origin read the answer, if it is one of these. */
export function admitOrigin(exchange: Exchange, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return
  const { extraHeaders } = exchange
  // What is kept for one origin, or for none, is no answer to another one.
  extraHeaders['Vary'] = 'Origin'
  const origin = exchange.header('origin')
  if (!origins.has(origin)) return
  extraHeaders['Access-Control-Allow-Origin'] = origin
  extraHeaders['Access-Control-Allow-Credentials'] = 'true'
  extraHeaders['Access-Control-Expose-Headers'] = exposedHeaders
}

/** Answers a browser that asks ahead, for a page of one of these. @returns whether it was that */
export function answerPreflight(exchange: Exchange, origins: ReadonlySet<string>): boolean {
  const isPreflight = exchange.header('access-control-request-method') !== ''
  if (!isPreflight || !origins.has(exchange.header('origin'))) return false
  exchange.answer({ status: 204, headers: preflightHeaders })
  return true
}
