// The body of an HTTP request: collected within its limits of size and time, then decoded.

import type { Notation } from '../../protocol/check.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { readJsonValue, readMessagePackValue } from '../../protocol/frame.ts'
import { httpBodyBytesMax } from '../../protocol/limits.ts'
import { httpBodyTimeoutMs } from '../limits.ts'
import type { Exchange } from './exchange.ts'

/**
 * Collects the body, and calls back once with all of it. A body that is too large or too slow is
 * answered here, and the connection closed.
 */
export function collectBody(exchange: Exchange, onBody: (body: Buffer) => void): void {
  if (Number(exchange.header('content-length')) > httpBodyBytesMax) {
    refuseTooLarge(exchange)
    return
  }
  const chunks: Buffer[] = []
  let byteCount = 0
  const deadline = setTimeout(() => {
    const message = `The body did not arrive within ${httpBodyTimeoutMs} ms.`
    exchange.refuse(failure('bad_request', { message }), { status: 408, isLast: true })
  }, httpBodyTimeoutMs)
  exchange.onOver(() => clearTimeout(deadline))
  let isThere = false
  // Most bodies come with their heads, and then nobody waits.
  setImmediate(() => {
    if (!isThere && !exchange.isOver && !exchange.waitForClient()) refuseTooMany(exchange)
  })
  exchange.response.onData((chunk, isLast) => {
    if (exchange.isOver) return
    byteCount += chunk.byteLength
    if (byteCount > httpBodyBytesMax) {
      refuseTooLarge(exchange)
      return
    }
    // The native layer takes a chunk back when this returns, so what has to wait is copied.
    chunks.push(Buffer.from(isLast ? new Uint8Array(chunk) : new Uint8Array(chunk.slice(0))))
    if (!isLast) return
    isThere = true
    clearTimeout(deadline)
    onBody(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
  })
}

function refuseTooMany(exchange: Exchange): void {
  const message = 'Too many requests of this address wait for their bodies.'
  exchange.refuse(failure('rate_limited', { message, retryAfterMs: 1_000 }), { isLast: true })
}

function refuseTooLarge(exchange: Exchange): void {
  const message = `A body may have at most ${httpBodyBytesMax} bytes.`
  exchange.refuse(failure('too_large', { message }), { isLast: true })
}

export type Body =
  | { readonly value: unknown; readonly notation: Notation }
  | { readonly refused: ErrorBody; readonly status?: number }

/** Decodes a body by its content type. No body at all is an empty object. */
export function decodeBody(body: Buffer, contentType: string): Body {
  if (body.length === 0) return { value: {}, notation: 'json' }
  const mediaType = contentType.split(';', 1)[0]!.trim().toLowerCase()
  if (mediaType === 'application/msgpack') {
    return read(readMessagePackValue(body), 'message-pack')
  }
  if (mediaType === 'application/json') {
    return read(readJsonValue(body.toString('utf8')), 'json')
  }
  const message = 'Content-Type must be application/json or application/msgpack.'
  return { refused: failure('bad_request', { message }), status: 415 }
}

function read(
  decoded: { readonly value: unknown } | { readonly problem: string },
  notation: Notation,
): Body {
  if ('value' in decoded) return { value: decoded.value, notation }
  return { refused: failure('bad_request', { message: `The body ${decoded.problem}.` }) }
}
