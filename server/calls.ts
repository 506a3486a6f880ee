// From what a client sent to a request that a shard can be sent: checked, allowed, routed, packed.
// The same for a socket and for HTTP; everything follows from the operation's definition.

import type { Notation } from '../protocol/check.ts'
import { checkFields, FieldProblem } from '../protocol/check.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { pack } from '../protocol/frame.ts'
import type { Operation } from '../protocol/operation.ts'
import type { RequestContext } from '../protocol/request-context.ts'
import type { TraceContext } from '../protocol/trace-context.ts'
import { traceparentOf } from '../protocol/trace-context.ts'
import type { SessionEntry } from './identity/identity.ts'
import { routeOf } from './links/router.ts'
import type { ShardCall } from './links/shard-request.ts'

/** Who calls, and from where. */
export type Caller = {
  readonly identity: SessionEntry | undefined
  readonly address: string
  /** Came by the operators' way, with their token. */
  readonly isOperator?: true
  /** What the request is called in logs, and the trace that it belongs to. */
  readonly requestId?: string
  readonly trace?: TraceContext | undefined
}

export type Call = ShardCall & {
  /** The parameters before they were packed. */
  readonly checked: Readonly<Record<string, unknown>>
}

/** What stands for a call that must not be made. */
export type Refused = { readonly refused: ErrorBody }

export function isRefused(call: Call | Refused): call is Refused {
  return 'refused' in call
}

/** Checks what a client sent by the definition, and finds whose partition answers it. */
export function prepareCall(
  operation: Operation,
  request: { readonly params: unknown; readonly notation: Notation; readonly caller: Caller },
  partitionCount: number,
): Call | Refused {
  // Whoever may not call it is told so, and nothing of what it takes.
  const isForbidden = operation.access === 'operator' && request.caller.isOperator !== true
  if (isForbidden) return { refused: failure('forbidden') }
  if (operation.isUpload === true) {
    if (request.caller.identity === undefined) return { refused: failure('unauthenticated') }
    const message = `A file is sent by ${operation.http?.method} ${operation.http?.path}.`
    return { refused: failure('bad_request', { message }) }
  }
  const checked = checkFields(operation.request, request.params, request.notation)
  if (checked instanceof FieldProblem) return { refused: fieldError(checked) }
  return routeCall(operation, { checked, caller: request.caller }, partitionCount)
}

/** The same for parameters that are checked already. */
export function routeCall(
  operation: Operation,
  request: {
    readonly checked: Readonly<Record<string, unknown>>
    /** The same, where they are packed already. */
    readonly packed?: Uint8Array
    readonly caller: Caller
  },
  partitionCount: number,
): Call | Refused {
  const { checked, packed, caller } = request
  const actor = caller.identity?.userId ?? 0
  const isOperator = caller.isOperator === true
  const route = routeOf(operation, { actor, params: checked, isOperator }, partitionCount)
  if (typeof route !== 'number') return { refused: route }
  return {
    partition: route,
    actor,
    context: contextOf(operation, caller),
    params: packed ?? pack(checked),
    checked,
  }
}

/** Only what the operation needs is told to the shard. */
function contextOf(operation: Operation, caller: Caller): RequestContext | undefined {
  const named = nameOf(caller)
  if (operation.isCredential === true) return { ...named, address: caller.address }
  if (operation.session === 'ends' && caller.identity !== undefined) {
    return { ...named, tokenHash: caller.identity.tokenHash }
  }
  return named
}

/** What the shard writes into its log; over a WebSocket, both sides know the request by its number. */
function nameOf({ requestId, trace }: Caller): RequestContext | undefined {
  if (requestId === undefined) return undefined
  return trace === undefined ? { requestId } : { requestId, traceparent: traceparentOf(trace) }
}

export function fieldError(problem: FieldProblem): ErrorBody {
  const message =
    problem.field === '' ? `The request ${problem.problem}.` : `${problem.field} ${problem.problem}`
  const field = problem.field === '' ? {} : { field: problem.field }
  return failure(problem.isTooLarge ? 'too_large' : 'bad_request', { message, ...field })
}
