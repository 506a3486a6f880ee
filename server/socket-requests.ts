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
import type { Call, Refused } from './calls.ts'
import { isRefused, prepareCall } from './calls.ts'
import type { Deliveries } from './deliveries.ts'
import type { Answer } from './frames.ts'
import { answerFor, answersSent } from './frames.ts'
import { badFramesMax, floodBurstsMax, socketRequestsInFlightMax } from './limits.ts'
import type { GatewayMetrics } from './metrics.ts'
import type { RateShape } from './rate-limit.ts'
import { isFull, take } from './rate-limit.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { RequestLink } from './shard-request.ts'
import { ShardRequest } from './shard-request.ts'
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
    const answered = this.#answered
    if (answered.length > 0) this.#answered = []
    for (const session of answered) session.flush()
    answersSent()
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
    const call = this.#prepare(session, operation, request.params)
    if (!isRefused(call)) {
      const { id } = request
      this.#send(new SocketRequest(this, { session, id, operation, call, startedAtMs: nowMs }))
      return
    }
    this.options.metrics.answered(operation, call.refused.code, performance.now() - nowMs)
    session.sendError(request.id, call.refused)
  }

  #prepare(session: Session, operation: Operation, params: unknown): Call | Refused {
    const conflict = sessionConflict(session, operation)
    if (conflict !== undefined) return { refused: conflict }
    return prepareCall(
      operation,
      {
        params,
        notation: session.isBinary ? 'message-pack' : 'json',
        caller: session,
      },
      this.options.shards.partitionCount,
    )
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

  #send(request: SocketRequest): void {
    const { session, operation } = request
    if (signsIn(operation)) session.signInsInFlight++
    if (operation.session === 'ends') session.signOutsInFlight++
    if (operation.isLive === true) session.liveInFlight++
    session.inFlight++
    this.options.shards.request(request)
  }
}

/** Whether what was asked may take effect all the same. */
function isUncertain({ code }: ErrorBody): boolean {
  return code === 'timeout' || code === 'unknown_outcome' || code === 'internal'
}

function signsIn(operation: Operation): boolean {
  return operation.session === 'opens' || operation.session === 'resumes'
}

/** A live stream belongs to one user: see the head of session.ts. */
function sessionConflict(session: Session, operation: Operation): ErrorBody | undefined {
  if (signsIn(operation) && (session.live !== undefined || session.liveInFlight > 0)) {
    const message = 'This socket has a live stream; sign in on another one.'
    return failure('conflict', { message })
  }
  if (operation.isLive === true && session.signInsInFlight > 0) {
    return failure('conflict', { message: 'Wait for the answer to the sign-in.' })
  }
  return undefined
}

/** One request of a socket, until its answer. */
class SocketRequest extends ShardRequest {
  readonly operation: Operation
  readonly call: Call
  readonly slot: number
  readonly startedAtMs: number
  readonly session: Session
  readonly #requests: SocketRequests
  readonly #id: number
  /** The hash of the token with which it was sent, for a session that ends. */
  readonly #tokenHash: string
  /** The link by which a live operation was sent last. */
  #link: RequestLink | undefined

  constructor(
    requests: SocketRequests,
    request: {
      session: Session
      id: number
      operation: Operation
      call: Call
      startedAtMs: number
    },
  ) {
    super()
    const { session, operation } = request
    this.#requests = requests
    this.session = session
    this.slot = session.slot
    this.#id = request.id
    this.operation = operation
    this.call = request.call
    this.startedAtMs = request.startedAtMs
    this.#tokenHash = operation.session === 'ends' ? (session.identity?.tokenHash ?? '') : ''
  }

  get isWanted(): boolean {
    return this.session.isOpen
  }

  /** A live stream stays where it is, whoever serves its user's partition by now. */
  override get pinned(): RequestLink | undefined {
    return this.operation.isLive === true ? this.session.live?.link : undefined
  }

  override sentBy(link: RequestLink): void {
    if (this.operation.isLive !== true) return
    this.#link = link
    const { deliveries } = this.#requests.options
    deliveries.subscribed(this.session, { link, partition: this.call.partition })
  }

  override notServedBy(link: RequestLink): void {
    if (this.operation.isLive !== true) return
    this.#requests.options.deliveries.notSubscribed(this.session, link)
  }

  answered(result: Buffer): void {
    const { operation } = this
    const answer = answerFor(this.session, { id: this.#id, operation, result })
    const signedIn = signsIn(this.operation) ? this.#signedIn(result) : undefined
    this.#settled('ok')
    if (this.operation.isLive === true) this.#answeredLive(result)
    if (!this.session.isOpen) return
    if (this.operation.session === undefined) this.#requests.gather(this.session, answer)
    else this.#answeredSession(answer, signedIn)
  }

  failed(error: ErrorBody): void {
    this.#settled(error.code)
    this.session.sendError(this.#id, error)
    // The shard may get round to it yet, and push from then on: behind a hole that nobody would see.
    if (this.operation.isLive === true && isUncertain(error)) this.session.close('positionLost')
    this.session.signOutSettled()
  }

  #settled(outcome: string): void {
    const { session, operation } = this
    session.inFlight--
    if (signsIn(operation)) session.signInsInFlight--
    if (operation.session === 'ends') session.signOutsInFlight--
    if (operation.isLive === true) session.liveInFlight--
    const { metrics } = this.#requests.options
    metrics.answered(operation, outcome, performance.now() - this.startedAtMs)
  }

  /** Where the stream comes from is certain now, and whether it goes on where it was left. */
  #answeredLive(result: Buffer): void {
    const { deliveries, metrics } = this.#requests.options
    if (this.#link !== undefined) deliveries.confirmed(this.session, this.#link)
    if (this.call.checked['position'] === undefined) return
    const isRecovered = pickValue(this.operation.answer, result, ['recovered']) === true
    metrics.resumes[isRecovered ? 'recovered' : 'lost'].inc()
  }

  /** Whose token it is, by the answer. */
  #signedIn(result: Buffer): { token: string; userId: UserId } {
    const { operation } = this
    const token =
      operation.session === 'resumes'
        ? this.call.checked['token']
        : pickValue(operation.answer, result, ['token'])
    const userId = pickValue(operation.answer, result, ['user', 'id']) as UserId
    return { token: token as string, userId }
  }

  /** The answer goes first: signing in may close the socket, and ending a session does. */
  #answeredSession(answer: Answer, signedIn: { token: string; userId: UserId } | undefined): void {
    const { sessions, signIn } = this.#requests.options
    const { session } = this
    session.answers.push(answer)
    session.flush()
    if (this.operation.session === 'ends') {
      if (this.#tokenHash !== '') sessions.ended(this.#tokenHash)
      session.signOutSettled()
    } else if (signedIn !== undefined && userOfToken(signedIn.token) === signedIn.userId) {
      if (session.isOpen) signIn(session, sessions.adopt(signedIn.token, signedIn.userId))
    }
  }
}
