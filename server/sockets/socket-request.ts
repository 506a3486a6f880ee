// One request of a socket: from the call to its answer, and what the answer means for the socket.

import { userOfToken } from '../../protocol/credentials.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Operation } from '../../protocol/operation.ts'
import { pickValue } from '../../protocol/pick.ts'
import type { Call } from '../calls.ts'
import type { Answer } from '../frames.ts'
import { answerFor } from '../frames.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { RequestLink } from '../links/shard-request.ts'
import { ShardRequest } from '../links/shard-request.ts'
import type { GatewayMetrics } from '../metrics.ts'
import type { Deliveries } from './deliveries.ts'
import type { Session } from './session.ts'
import { isUncertain, signsIn } from './socket-rules.ts'

/** Who takes the answers of all sockets. */
export type AnswerTaker = {
  readonly options: {
    readonly sessions: Sessions
    readonly deliveries: Deliveries
    readonly metrics: GatewayMetrics
    readonly signIn: (session: Session, entry: ReturnType<Sessions['adopt']>) => void
  }
  gather(session: Session, answer: Answer): void
}

export class SocketRequest extends ShardRequest {
  readonly operation: Operation
  readonly call: Call
  readonly slot: number
  readonly startedAtMs: number
  readonly session: Session
  readonly #requests: AnswerTaker
  readonly #id: number
  /** The hash of the token with which it was sent, for a session that ends. */
  readonly #tokenHash: string
  /** The link by which a live operation was sent last. */
  #link: RequestLink | undefined

  constructor(
    requests: AnswerTaker,
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

  /** No shard was asked. */
  refused(error: ErrorBody): void {
    const { metrics } = this.#requests.options
    metrics.answered(this.operation, error.code, performance.now() - this.startedAtMs)
    this.session.sendError(this.#id, error)
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
    metrics.settled(this, outcome)
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
