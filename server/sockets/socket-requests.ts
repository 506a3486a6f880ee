// Requests over a WebSocket: from a frame's bytes to answers on the same socket.
//
// Every request of a frame that could be read gets exactly one answer, unless its socket is closed.
// Answers may overtake each other.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { ClientRequest } from '../../protocol/frame.ts'
import { FrameProblem, readJsonFrame, readMessagePackFrame } from '../../protocol/frame.ts'
import type { Operation } from '../../protocol/operation.ts'
import { operationNamed } from '../../protocol/registry.ts'
import type { Call, Refused } from '../calls.ts'
import { isRefused, prepareCall, routeCall } from '../calls.ts'
import type { Answer } from '../frames.ts'
import { answersSent } from '../frames.ts'
import { withMarks } from '../http/marked-request.ts'
import { isEntry } from '../identity/confirmed.ts'
import type { Keys } from '../identity/keys.ts'
import type { RateShape } from '../identity/rate-limit.ts'
import { isFull, take } from '../identity/rate-limit.ts'
import type { Sessions } from '../identity/sessions.ts'
import { badFramesMax, floodBurstsMax, socketRequestsInFlightMax } from '../limits.ts'
import type { Shards } from '../links/shards.ts'
import type { GatewayMetrics } from '../metrics.ts'
import type { Deliveries } from './deliveries.ts'
import type { UpgradePorts } from './key-use.ts'
import { takeForSignIn, useKey } from './key-use.ts'
import { isRepeatable, RepeatedRead } from './repeated-read.ts'
import type { Session } from './session.ts'
import { SocketRequest } from './socket-request.ts'
import { sessionConflict, signsIn } from './socket-rules.ts'

export type SocketRequestsOptions = {
  readonly shards: Shards
  readonly sessions: Sessions
  readonly keys: Keys
  readonly callers: UpgradePorts['callers']
  readonly deliveries: Deliveries
  readonly metrics: GatewayMetrics
  readonly rate: RateShape
  /** Makes the session's socket that of this user. */
  readonly signIn: (session: Session, entry: ReturnType<Sessions['adopt']>) => void
}

/** A request that says again what was said before. */
type Again = { readonly id: number; readonly repeated: RepeatedRead }

export class SocketRequests {
  readonly options: SocketRequestsOptions
  /** Sessions that have answers to be sent when the present read ends. */
  #answered: Session[] = []
  /** The last request of the present frame that went to a shard. */
  #begun: SocketRequest | undefined

  constructor(options: SocketRequestsOptions) {
    this.options = options
  }

  /** @param message the bytes of one frame: valid within this call only */
  receive(session: Session, message: ArrayBuffer): void {
    const bytes = Buffer.from(message)
    if (this.#receiveAgain(session, bytes)) return
    const requests = session.isBinary
      ? readMessagePackFrame(bytes)
      : readJsonFrame(bytes.utf8Slice(0, bytes.length))
    if (requests instanceof FrameProblem) {
      this.#refuseFrame(session, requests)
      return
    }
    if (requests.length > 1) session.isBatching = true
    const nowMs = performance.now()
    this.#begun = undefined
    for (const request of requests) {
      if (!session.isOpen) return
      if (request instanceof FrameProblem) this.#refuseFrame(session, request)
      else this.#receiveOne(session, request, nowMs)
    }
    this.#remember(session, bytes, requests)
  }

  /** Takes a frame that says again what the one before said. */
  #receiveAgain(session: Session, bytes: Buffer): boolean {
    const { repeated } = session
    if (repeated === undefined || repeated.identity !== session.identity) return false
    const numbers = repeated.numbersOf(bytes)
    if (numbers === undefined) return false
    if (numbers.length > 1) session.isBatching = true
    const nowMs = performance.now()
    for (const id of numbers) if (session.isOpen) this.#receiveOne(session, { id, repeated }, nowMs)
    return true
  }

  /** Remembers what a frame said, in case that it is said again. */
  #remember(
    session: Session,
    bytes: Buffer,
    requests: readonly (ClientRequest | FrameProblem)[],
  ): void {
    const begun = this.#begun
    if (!session.isBinary || begun === undefined || !isRepeatable(begun.operation)) return
    const { operation, call } = begun
    const { identity } = session
    session.repeated = RepeatedRead.of(bytes, requests, { operation, call, identity })
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

  #receiveOne(session: Session, request: ClientRequest | Again, nowMs: number): void {
    const refused = this.#refusal(session, request, nowMs)
    if (refused !== undefined) {
      session.sendError(request.id, refused)
      return
    }
    session.badFramesInRow = 0
    if (session.key === undefined) this.#carryOut(session, request, nowMs)
    else {
      this.options.keys.take(session.key, (problem) => {
        if (!session.isOpen) return
        if (problem === undefined) this.#carryOut(session, request, nowMs)
        else session.sendError(request.id, problem)
      })
    }
  }

  #carryOut(session: Session, request: ClientRequest | Again, nowMs: number): void {
    const repeated = 'repeated' in request ? request.repeated : undefined
    const operation = repeated?.operation ?? operationNamed((request as ClientRequest).operation)
    if (operation === undefined) {
      const message = 'operation is not one that this server knows'
      session.sendError(request.id, failure('bad_request', { message, field: 'operation' }))
      return
    }
    const call =
      repeated === undefined
        ? this.#prepare(session, operation, (request as ClientRequest).params)
        : this.#callAgain(session, repeated)
    if (!isRefused(call)) {
      const { id } = request
      this.#begun = new SocketRequest(this, { session, id, operation, call, startedAtMs: nowMs })
      this.#begin(this.#begun)
      return
    }
    this.options.metrics.answered(operation, call.refused.code, performance.now() - nowMs)
    session.sendError(request.id, call.refused)
  }

  /** The same call; or one of whoever is signed in by now, where it has waited for that. */
  #callAgain(session: Session, { operation, call, identity }: RepeatedRead): Call | Refused {
    if (identity === session.identity) return call
    const { checked } = call
    return routeCall(operation, { checked, caller: session }, this.options.shards.partitionCount)
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
  #refusal(
    session: Session,
    request: { readonly id: number },
    nowMs: number,
  ): ErrorBody | undefined {
    const { rate } = this.options
    if (session.refusedCount > 0 && isFull(session.bucket, rate, nowMs)) session.refusedCount = 0
    const retryAfterMs = take(session.bucket, rate, nowMs)
    const isOld = request.id <= session.lastRequestId
    if (!isOld) session.lastRequestId = request.id
    if (retryAfterMs > 0) {
      if (++session.refusedCount > floodBurstsMax * rate.burst) session.close('rateLimited')
      return failure('rate_limited', { retryAfterMs })
    }
    if (isOld) {
      const message = `id must be larger than the last one, ${session.lastRequestId}`
      return failure('bad_request', { message, field: 'id' })
    }
    if (session.inFlight >= socketRequestsInFlightMax) {
      const message = `At most ${socketRequestsInFlightMax} requests may wait for their answers.`
      return failure('rate_limited', { message, retryAfterMs: 100 })
    }
    return undefined
  }

  /** A sign-in by a token may be one too many of its address; and bring the key of an application, which has to be good. */
  #begin(request: SocketRequest): void {
    const { session, operation, call } = request
    if (operation.session !== 'resumes') {
      this.#send(request)
      return
    }
    const { token, apiKey: key = '' } = call.checked as { token: string; apiKey?: string }
    const tooMuch = takeForSignIn(this.options, { address: session.address, token, key })
    if (tooMuch !== undefined) {
      request.refused(tooMuch)
      return
    }
    if (key === '') {
      this.#send(request)
      return
    }
    session.signInsInFlight++
    this.options.keys.resolve(key, (resolved) => {
      session.signInsInFlight--
      if (!session.isOpen) return
      const problem = isEntry(resolved) ? useKey(session, resolved) : resolved
      if (problem === undefined) this.#send(request)
      else request.refused(problem)
    })
  }

  #send(request: SocketRequest): void {
    const { session, operation } = request
    if (signsIn(operation)) session.signInsInFlight++
    if (operation.session === 'ends') session.signOutsInFlight++
    if (operation.isLive === true) session.liveInFlight++
    session.inFlight++
    const { shards } = this.options
    shards.request(withMarks(request, shards))
  }
}
