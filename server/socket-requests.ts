// Requests over a WebSocket: from a frame's bytes to answers on the same socket.
//
// Every request of a frame that could be read gets exactly one answer, unless its socket is closed.
// Answers may overtake each other.

import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import type { ClientRequest } from '../protocol/frame.ts'
import { FrameProblem, readJsonFrame, readMessagePackFrame } from '../protocol/frame.ts'
import type { UserId } from '../protocol/ids.ts'
import type { Operation } from '../protocol/operation.ts'
import { userOfToken } from '../protocol/operations/credentials.ts'
import { pickValue } from '../protocol/pick.ts'
import { operationNamed } from '../protocol/registry.ts'
import type { Call } from './calls.ts'
import { isRefused, prepareCall } from './calls.ts'
import type { Deliveries } from './deliveries.ts'
import type { Answer } from './frames.ts'
import { answerBody } from './frames.ts'
import { badFramesMax, floodBurstsMax, socketRequestsInFlightMax } from './limits.ts'
import type { GatewayMetrics } from './metrics.ts'
import type { RateShape } from './rate-limit.ts'
import { isFull, take } from './rate-limit.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Waiter } from './shard-link.ts'
import type { Shards } from './shards.ts'

export type SocketRequestsOptions = {
  readonly shards: Shards
  readonly sessions: Sessions
  readonly deliveries: Deliveries
  readonly metrics: GatewayMetrics
  readonly rate: RateShape
  /** Makes the session's socket that of this user. */
  readonly signIn: (session: Session, entry: ReturnType<Sessions['adopt']>) => void
}

export class SocketRequests {
  readonly options: SocketRequestsOptions
  /** Sessions that have answers to be sent when the present read ends. */
  #answered: Session[] = []

  constructor(options: SocketRequestsOptions) {
    this.options = options
  }

  /** @param message the bytes of one frame: valid within this call only */
  receive(session: Session, message: ArrayBuffer): void {
    const bytes = Buffer.from(message)
    const requests = session.isBinary
      ? readMessagePackFrame(bytes)
      : readJsonFrame(bytes.utf8Slice(0, bytes.length))
    if (requests instanceof FrameProblem) {
      this.#refuseFrame(session, requests)
      return
    }
    if (requests.length > 1) session.isBatching = true
    const nowMs = performance.now()
    for (const request of requests) {
      if (!session.isOpen) return
      if (request instanceof FrameProblem) this.#refuseFrame(session, request)
      else this.#receiveOne(session, request, nowMs)
    }
  }

  /** An answer is there; it leaves together with the others of the same read. */
  gather(session: Session, answer: Answer): void {
    if (!session.isOpen) return
    if (session.answers.length === 0) this.#answered.push(session)
    session.answers.push(answer)
  }

  /** Sends what was gathered. The results are views of what was just read. */
  flush(): void {
    if (this.#answered.length === 0) return
    const answered = this.#answered
    this.#answered = []
    for (const session of answered) session.flush()
  }

  #refuseFrame(session: Session, problem: FrameProblem): void {
    const message = `The request ${problem.problem}.`
    session.sendError(problem.id, failure('bad_request', { message }))
    if (++session.badFramesInRow >= badFramesMax) session.close('badRequest')
  }

  #receiveOne(session: Session, request: ClientRequest, nowMs: number): void {
    const refused = this.#refusal(session, request, nowMs)
    if (refused !== undefined) {
      session.sendError(request.id, refused)
      return
    }
    session.badFramesInRow = 0
    const operation = operationNamed(request.operation)
    if (operation === undefined) {
      const message = 'operation is not one that this server knows'
      session.sendError(request.id, failure('bad_request', { message, field: 'operation' }))
      return
    }
    const waiter = new SocketRequest(this, {
      session,
      id: request.id,
      operation,
      startedAtMs: nowMs,
    })
    const conflict = sessionConflict(session, operation)
    if (conflict !== undefined) {
      waiter.failed(conflict)
      return
    }
    const call = prepareCall(
      operation,
      {
        params: request.params,
        notation: session.isBinary ? 'message-pack' : 'json',
        caller: session,
      },
      this.options.shards.partitionCount,
    )
    if (isRefused(call)) waiter.failed(call.refused)
    else this.#send(session, call, waiter)
  }

  /** Why a request is not even looked at: its id, or too many of them. */
  #refusal(session: Session, request: ClientRequest, nowMs: number): ErrorBody | undefined {
    if (request.id <= session.lastRequestId) {
      const message = `id must be larger than the last one, ${session.lastRequestId}`
      return failure('bad_request', { message, field: 'id' })
    }
    session.lastRequestId = request.id
    const { rate } = this.options
    if (session.refusedCount > 0 && isFull(session.bucket, rate, nowMs)) session.refusedCount = 0
    const retryAfterMs = take(session.bucket, rate, nowMs)
    if (retryAfterMs > 0) {
      if (++session.refusedCount > floodBurstsMax * rate.burst) session.close('rateLimited')
      return failure('rate_limited', { retryAfterMs })
    }
    if (session.inFlight >= socketRequestsInFlightMax) {
      const message = `At most ${socketRequestsInFlightMax} requests may wait for their answers.`
      return failure('rate_limited', { message, retryAfterMs: 100 })
    }
    return undefined
  }

  #send(session: Session, call: Call, waiter: SocketRequest): void {
    const { shards, deliveries } = this.options
    const { operation } = waiter
    if (operation.session === 'resumes') waiter.token = call.checked['token'] as string
    if (operation.session === 'ends') waiter.tokenHash = session.identity?.tokenHash ?? ''
    if (signsIn(operation)) session.signInsInFlight++
    session.inFlight++
    waiter.isSent = true
    if (operation.isLive === true) {
      const link = shards.linkFor(call.partition)
      if (link !== undefined) deliveries.subscribed(session, { link, partition: call.partition })
    }
    shards.request(
      {
        partition: call.partition,
        slot: session.slot,
        actor: call.actor,
        context: call.context,
        params: call.params,
      },
      waiter,
    )
  }
}

function signsIn(operation: Operation): boolean {
  return operation.session === 'opens' || operation.session === 'resumes'
}

/** A live stream belongs to one user: see the head of session.ts. */
function sessionConflict(session: Session, operation: Operation): ErrorBody | undefined {
  if (signsIn(operation) && session.live !== undefined) {
    const message = 'This socket has a live stream; sign in on another one.'
    return failure('conflict', { message })
  }
  if (operation.isLive === true && session.signInsInFlight > 0) {
    return failure('conflict', { message: 'Wait for the answer to the sign-in.' })
  }
  return undefined
}

/** One request of a socket, until its answer. */
class SocketRequest implements Waiter {
  readonly operation: Operation
  readonly startedAtMs: number
  /** The token that a resume brought. */
  token = ''
  /** The hash of the token with which it was sent, for a session that ends. */
  tokenHash = ''
  /** Whether it counts as being in flight. */
  isSent = false
  readonly #requests: SocketRequests
  readonly #session: Session
  readonly #id: number

  constructor(
    requests: SocketRequests,
    request: { session: Session; id: number; operation: Operation; startedAtMs: number },
  ) {
    this.#requests = requests
    this.#session = request.session
    this.#id = request.id
    this.operation = request.operation
    this.startedAtMs = request.startedAtMs
  }

  answered(result: Buffer): void {
    const body = answerBody(this.operation, result, this.#session.isBinary)
    const signedIn = signsIn(this.operation) ? this.#signedIn(result) : undefined
    this.#settled('ok')
    if (!this.#session.isOpen) return
    const answer = { id: this.#id, body }
    if (this.operation.session === undefined) this.#requests.gather(this.#session, answer)
    else this.#answeredSession(answer, signedIn)
  }

  failed(error: ErrorBody): void {
    this.#settled(error.code)
    this.#session.sendError(this.#id, error)
  }

  #settled(outcome: string): void {
    if (this.isSent) {
      this.#session.inFlight--
      if (signsIn(this.operation)) this.#session.signInsInFlight--
    }
    const { metrics } = this.#requests.options
    metrics.answered(this.operation, outcome, performance.now() - this.startedAtMs)
  }

  /** Whose token it is, by the answer. */
  #signedIn(result: Buffer): { token: string; userId: UserId } {
    const fields = this.operation.answer
    const token = this.token === '' ? (pickValue(fields, result, ['token']) as string) : this.token
    return { token, userId: pickValue(fields, result, ['user', 'id']) as UserId }
  }

  /** The answer goes first: signing in may close the socket, and ending a session does. */
  #answeredSession(answer: Answer, signedIn: { token: string; userId: UserId } | undefined): void {
    const { sessions, signIn } = this.#requests.options
    const session = this.#session
    session.answers.push(answer)
    session.flush()
    if (this.operation.session === 'ends') {
      if (this.tokenHash !== '') sessions.ended(this.tokenHash)
    } else if (signedIn !== undefined && userOfToken(signedIn.token) === signedIn.userId) {
      if (session.isOpen) signIn(session, sessions.adopt(signedIn.token, signedIn.userId))
    }
  }
}
