// What operators may do beside looking: the operations whose access is `operator`, over the admin port.
//
//   POST /operations/import.follows     Authorization: Bearer TOKEN
//   the parameters as MessagePack  ->  the answer as MessagePack, or an error as JSON
//
// Without ROOKERY_OPERATOR_TOKEN there is no such way at all. Whoever has the token is trusted with the
// users' data, not with the process: what they send is checked as a stranger's.

import { createHash, timingSafeEqual } from 'node:crypto'
import { checkFields, FieldProblem } from '../protocol/check.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { operatorBodyBytesMax } from '../protocol/limits.ts'
import { decodeValue } from '../protocol/message-pack-reader.ts'
import type { Operation } from '../protocol/operation.ts'
import { operationsByCode } from '../protocol/registry.ts'
import type { AdminAnswer, AdminPost } from '../protocol/std/admin.ts'
import { StartError } from '../protocol/std/run.ts'
import { fieldError, isRefused, routeCall } from './calls.ts'
import { statusOf } from './http/problem.ts'
import type { ShardCall } from './links/shard-request.ts'
import { ShardRequest } from './links/shard-request.ts'
import type { Shards } from './links/shards.ts'
import type { GatewayMetrics } from './metrics.ts'

/** A token that can be guessed is none. */
export const operatorTokenLengthMin = 16

export type OperatorOptions = {
  /** '' where operators may only look. */
  readonly token: string
  readonly shards: Pick<Shards, 'request' | 'partitionCount'>
  readonly metrics: Pick<GatewayMetrics, 'answered'>
}

/**
 * The pages of the admin port that take operations, by path: none without a token.
 * @throws StartError where the token is too short
 */
export function operatorPosts(options: OperatorOptions): Record<string, AdminPost> {
  const { token } = options
  if (token === '') return {}
  if (token.length < operatorTokenLengthMin) {
    throw new StartError(
      `ROOKERY_OPERATOR_TOKEN must have at least ${operatorTokenLengthMin} characters: choose a longer one`,
    )
  }
  const expected = digestOf(`Bearer ${token}`)
  const posts: Record<string, AdminPost> = {}
  for (const operation of operationsByCode.values()) {
    if (operation.access !== 'operator') continue
    posts[`/operations/${operation.name}`] = {
      bytesMax: operatorBodyBytesMax,
      // Digests have one length, and comparing them takes the same time wherever they differ.
      isAllowed: (authorization) => timingSafeEqual(digestOf(authorization), expected),
      answer: (body) => answerOf(operation, body, options),
    }
  }
  return posts
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function answerOf(
  operation: Operation,
  body: Buffer,
  { shards, metrics }: OperatorOptions,
): Promise<AdminAnswer> {
  const startedAtMs = performance.now()
  const settled = (outcome: string): void => {
    metrics.answered(operation, outcome, performance.now() - startedAtMs)
  }
  const call = callOf(operation, body, shards.partitionCount)
  if (isRefused(call)) {
    settled(call.refused.code)
    return Promise.resolve(errorAnswer(operation, call.refused))
  }
  return new Promise((resolve) => {
    const answered = (result: Buffer): void => {
      settled('ok')
      // The result is a view of what was just read.
      resolve({ contentType: 'application/msgpack', body: Buffer.from(result) })
    }
    const failed = (error: ErrorBody): void => {
      settled(error.code)
      resolve(errorAnswer(operation, error))
    }
    shards.request(new OperatorRequest({ operation, call, startedAtMs, answered, failed }))
  })
}

function callOf(operation: Operation, body: Buffer, partitionCount: number) {
  const decoded = paramsOf(operation, body)
  if (decoded === undefined) {
    const message = 'The body is not what the definition of the operation asks for.'
    return { refused: failure('bad_request', { message }) }
  }
  const checked = checkFields(operation.request, decoded, 'message-pack')
  if (checked instanceof FieldProblem) return { refused: fieldError(checked) }
  const caller = { identity: undefined, address: '', isOperator: true } as const
  return routeCall(operation, { checked, caller }, partitionCount)
}

/** The parameters, undefined where the bytes are something else. */
function paramsOf(operation: Operation, body: Buffer): unknown {
  try {
    return decodeValue({ kind: 'record', fields: operation.request }, body)
  } catch (error) {
    // The reader expects what our own writer wrote, and says of everything else that it is not.
    if (error instanceof TypeError || error instanceof RangeError) return undefined
    throw error
  }
}

function errorAnswer(operation: Operation, error: ErrorBody): AdminAnswer {
  const status = statusOf(error.code, operation)
  return { status, contentType: 'application/json', body: `${JSON.stringify(error)}\n` }
}

/** One request of an operator, until its answer. */
class OperatorRequest extends ShardRequest {
  readonly operation: Operation
  readonly call: ShardCall
  /** Nothing is pushed to operators. */
  readonly slot = 0
  readonly startedAtMs: number
  readonly isWanted = true
  readonly answered: (result: Buffer) => void
  readonly failed: (error: ErrorBody) => void

  constructor(
    request: Pick<OperatorRequest, 'operation' | 'call' | 'startedAtMs' | 'answered' | 'failed'>,
  ) {
    super()
    this.operation = request.operation
    this.call = request.call
    this.startedAtMs = request.startedAtMs
    this.answered = request.answered
    this.failed = request.failed
  }
}
