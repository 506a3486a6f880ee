// Errors over HTTP: RFC 9457 problem details, made of the same body that a WebSocket gets.

import type { ErrorBody, FailureCode } from '../../protocol/errors.ts'
import { failures } from '../../protocol/errors.ts'
import type { Operation } from '../../protocol/operation.ts'

export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly retry: string
  readonly field?: string
  readonly retryAfterMs?: number
  readonly requestId: string
}

/** The status of an error: the operation's own refusals first, then the failures that all share. */
export function statusOf(code: string, operation?: Operation): number {
  if (operation !== undefined && Object.hasOwn(operation.refusals, code)) {
    return operation.refusals[code]!.status
  }
  return Object.hasOwn(failures, code) ? failures[code as FailureCode].status : 500
}

/** What the code means in general; the error's own message says what it means here. */
function titleOf(code: string, operation?: Operation): string {
  if (operation !== undefined && Object.hasOwn(operation.refusals, code)) {
    return operation.refusals[code]!.meaning
  }
  return Object.hasOwn(failures, code) ? failures[code as FailureCode].meaning : code
}

/** A URI that names the kind of problem; it is a name, not an address. */
export function problemType(code: string): string {
  return `urn:rookery:problem:${code}`
}

export function problemOf(
  error: ErrorBody,
  context: {
    readonly requestId: string
    readonly operation?: Operation | undefined
    /** Where HTTP has a status of its own for what went wrong, such as 405 or 415. */
    readonly status?: number | undefined
  },
): Problem {
  return {
    type: problemType(error.code),
    title: titleOf(error.code, context.operation),
    status: context.status ?? statusOf(error.code, context.operation),
    detail: error.message,
    code: error.code,
    retry: error.retry,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    requestId: context.requestId,
  }
}
