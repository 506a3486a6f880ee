// One client's socket: who it is, what it may still ask, and what is on its way to it.
//
// A session holds nothing that could be lost: the client signs in again and resumes elsewhere.
//
// Who it is may change by signing in again, but only as long as it never used a live operation: what
// is pushed belongs to one user, and a mix-up would show one user's timeline to another. After that,
// signing in as somebody else is refused with `conflict`; a client opens another socket for it.

import type { CloseReason, ErrorBody } from '../../protocol/errors.ts'
import { closeCodes } from '../../protocol/errors.ts'
import type { Partition } from '../../protocol/ids.ts'
import type { Answer } from '../frames.ts'
import { answerFrame, answersFrame, errorFrame } from '../frames.ts'
import type { KeyEntry, SessionEntry } from '../identity/identity.ts'
import type { RateShape } from '../identity/rate-limit.ts'
import { Bucket } from '../identity/rate-limit.ts'
import { lingeringBytesMin, socketLifetimeJitter, socketLifetimeMs } from '../limits.ts'
import type { RequestLink } from '../links/shard-request.ts'
import type { WebSocket } from '../listener.ts'
import { Backpressure, sendStatus } from './backpressure.ts'
import type { RepeatedRead } from './repeated-read.ts'
import type { UnreadTotal } from './unread.ts'
import { Unread } from './unread.ts'

/** What the native layer keeps with a socket. It copies own properties, so this is a plain object. */
export type SocketData = { readonly session: Session }

/** Where a socket's live stream comes from. */
export type LiveStream = {
  readonly link: RequestLink
  /** Whose user it is for: the shard sends the stream as long as it hosts this partition. */
  readonly partition: Partition
  /** Whether the shard has answered, so that pushes may have come already. */
  isConfirmed: boolean
}

export type SessionOptions = {
  readonly isBinary: boolean
  readonly address: string
  /** Who signed in on the upgrade. */
  readonly identity: SessionEntry | undefined
  readonly rate: RateShape
  readonly nowMs: number
  /** What all clients together have not read. */
  readonly unread: UnreadTotal
}

export class Session {
  readonly isBinary: boolean
  readonly address: string
  readonly openedAtMs: number
  /** When the client is asked to reconnect. */
  readonly reconnectAtMs: number
  readonly bucket: Bucket
  /** Who signed in; undefined for nobody. Changed by the gateway only. */
  identity: SessionEntry | undefined
  /** The application whose key the socket uses; undefined for none. Changed by the gateway only. */
  key: KeyEntry | undefined
  /** The number under which shards send pushes; 0 before the socket is open. */
  slot = 0
  /** Requests without an answer. */
  inFlight = 0
  /** Sign-ins without an answer: until then nobody knows whose live stream would start. */
  signInsInFlight = 0
  /** Sign-outs without an answer: the socket is closed after it, whoever tells of the end before. */
  signOutsInFlight = 0
  lastRequestId = 0
  badFramesInRow = 0
  /** Refusals by the rate limit since the bucket was last full. */
  refusedCount = 0
  /** Whether the client sends several requests in a frame, and so can read several answers in one. */
  isBatching = false
  /** Through which link the socket's pushes come; undefined before it asked for any. */
  live: LiveStream | undefined
  /** Live operations without an answer, those that still wait for a shard included. */
  liveInFlight = 0
  /** What the last frame asked, if that may be asked again and again. */
  repeated: RepeatedRead | undefined
  /** Answers of the present read of a shard link, sent together when it ends. */
  readonly answers: Answer[] = []
  /** Whether pushes were lost on the way: nothing behind the hole may be told, as the client would go on from there. */
  isStreamBroken = false
  /** Why we closed it; undefined where we did not. */
  closeReason: CloseReason | undefined
  readonly #backpressure = new Backpressure()
  readonly #total: UnreadTotal
  readonly #unread: Unread
  #socket: WebSocket<SocketData> | undefined
  #isClosing = false
  #isEnded = false

  constructor(options: SessionOptions) {
    this.isBinary = options.isBinary
    this.address = options.address
    this.identity = options.identity
    this.openedAtMs = options.nowMs
    this.reconnectAtMs =
      options.nowMs + socketLifetimeMs * (1 - Math.random() * socketLifetimeJitter)
    this.bucket = new Bucket(options.rate, options.nowMs)
    this.#total = options.unread
    this.#unread = new Unread(options.unread, (text) => this.#socket?.ping(text))
  }

  /** The signed-in user's id; 0 for nobody. */
  get actor(): number {
    return this.identity?.userId ?? 0
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.#isClosing
  }

  attach(socket: WebSocket<SocketData>): void {
    this.#socket = socket
  }

  /** The socket is gone: nothing may touch it any more. */
  detach(): void {
    this.#socket = undefined
    this.answers.length = 0
    this.#unread.end()
  }

  /** Sends a frame, unless the socket is closing; closes it where it is too far behind. */
  send(frame: Buffer | string): void {
    if (this.#socket === undefined || this.#isClosing) return
    const status = this.#socket.send(frame, this.isBinary)
    this.#unread.sent(frame.length)
    if (status === sendStatus.sent) this.#backpressure.caughtUp()
    else if (this.#isTooSlow(status, frame.length)) this.close('slowConsumer')
    if (this.#unread.isTooMuch) this.close('slowConsumer')
  }

  #isTooSlow(status: number, frameBytes: number): boolean {
    // What is new goes last.
    const waitedBytes = this.#socket!.getBufferedAmount() - frameBytes
    return this.#backpressure.isTooMuch({ status, waitedBytes, nowMs: performance.now() })
  }

  /** The client answers a ping, ours or one of the native layer. */
  pong(text: string): void {
    this.#unread.pong(text)
  }

  sendError(id: number, error: ErrorBody): void {
    this.send(errorFrame(id, error, this.isBinary))
  }

  /** Sends the answers that have gathered: in one frame to a client that batches, else in one write. */
  flush(): void {
    const { answers } = this
    if (this.#socket !== undefined && !this.#isClosing && answers.length > 0) {
      if (answers.length === 1) this.send(answerFrame(answers[0] as Answer))
      else if (this.isBatching) this.send(answersFrame(answers))
      else this.#socket.cork(() => this.#sendEach())
    }
    answers.length = 0
  }

  /** Closes for one of our reasons. The gateway's close handler runs within this call. */
  close(reason: CloseReason): void {
    if (this.#socket === undefined || this.#isClosing) return
    if (reason === 'sessionEnded' && this.signOutsInFlight > 0) {
      this.#isEnded = true
      return
    }
    this.#isClosing = true
    this.closeReason = reason
    const isLight = this.#socket.getBufferedAmount() < lingeringBytesMin
    if (isLight || this.#total.mayLinger())
      this.#socket.end(closeCodes[reason].code, closeCodes[reason].reason)
    else this.#socket.close()
  }

  /** A sign-out has its answer. */
  signOutSettled(): void {
    if (this.#isEnded) this.close('sessionEnded')
  }

  #sendEach(): void {
    for (const answer of this.answers) this.send(answerFrame(answer))
  }
}
