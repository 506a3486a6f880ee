// The gateway of WebSockets: takes them, knows them, lets them go.
//
// A socket's life: admitted (admission.ts), given a slot (deliveries.ts), heard (socket-requests.ts),
// closed with a code that says what to do next (errors.ts). Whoever has not signed in after 10 s has
// to go, and so has one who has more sockets than allowed.

import type { ErrorBody } from '../../protocol/errors.ts'
import { closeCodes, failure } from '../../protocol/errors.ts'
import { clientFrameBytesMax } from '../../protocol/limits.ts'
import type { Log } from '../../protocol/std/log.ts'
import { AddressCounts } from '../address-counts.ts'
import type { Encoding } from '../admission.ts'
import { admit } from '../admission.ts'
import { Exchange } from '../http/exchange.ts'
import type { HttpCallers } from '../http/http-callers.ts'
import type { SessionEntry } from '../identity/identity.ts'
import type { Keys } from '../identity/keys.ts'
import type { RateShape } from '../identity/rate-limit.ts'
import type { Sessions } from '../identity/sessions.ts'
import {
  closeBatchPauseMs,
  lifetimeSweepPeriodMs,
  socketDroppedBytesMin,
  socketIdleTimeoutSeconds,
} from '../limits.ts'
import type {
  AddressOf,
  HttpResponse,
  TemplatedApp,
  UpgradeContext,
  WebSocket,
} from '../listener.ts'
import { compressionDisabled, queryOf } from '../listener.ts'
import type { GatewayMetrics } from '../metrics.ts'
import type { Deliveries } from './deliveries.ts'
import { closeInBatches } from './deliveries.ts'
import type { UpgradeCaller } from './key-use.ts'
import { identifyUpgrade } from './key-use.ts'
import type { SocketData } from './session.ts'
import { Session } from './session.ts'
import type { SocketRequests } from './socket-requests.ts'
import { UnreadTotal, unreadBytesOfMachine } from './unread.ts'
import type { UpgradeCork } from './upgrade-cork.ts'

export type GatewayOptions = {
  readonly deliveries: Deliveries
  readonly sessions: Sessions
  readonly keys: Keys
  readonly callers: HttpCallers
  readonly requests: SocketRequests
  readonly metrics: GatewayMetrics
  readonly upgradeCork: UpgradeCork
  readonly log: Log
  readonly addressOf: AddressOf
  readonly rate: RateShape
  readonly origins: ReadonlySet<string>
  readonly connectionsMax: number
  readonly userConnectionsMax: number
  readonly addressConnectionsMax: number
  readonly unauthenticatedConnectionsMax: number
  readonly signInTimeoutMs: number
  /** What clients may leave unread, all together; 0 goes by the machine. */
  readonly unreadBytes: number
}

type Upgrade = {
  readonly exchange: Exchange
  readonly context: UpgradeContext
  readonly encoding: Encoding
}

export class Gateway {
  readonly #options: GatewayOptions
  /** Sockets by address. */
  readonly #byAddress: AddressCounts
  /** Sockets by user; an entry goes with its last socket. */
  readonly #byUser = new Map<number, number>()
  /** In the order in which they came: the first is the next to be too late. */
  readonly #unauthenticated = new Set<Session>()
  /** Upgrades that wait for a shard's word; they count as sockets. */
  #upgrading = 0
  readonly #unread: UnreadTotal
  #isDraining = false
  #lifetimesSweptAtMs = performance.now()

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#byAddress = new AddressCounts(options.addressConnectionsMax)
    this.#unread = new UnreadTotal(options.unreadBytes || unreadBytesOfMachine())
    options.metrics.watchUnread(this.#unread)
  }

  get connections(): number {
    return this.#options.deliveries.openCount
  }

  serve(app: TemplatedApp): void {
    app.ws<SocketData>('/v1/live', {
      maxPayloadLength: clientFrameBytesMax,
      idleTimeout: socketIdleTimeoutSeconds,
      maxBackpressure: socketDroppedBytesMin,
      closeOnBackpressureLimit: false,
      // Ours is told with a close code that says to come back; the native one is not.
      maxLifetime: 0,
      compression: compressionDisabled,
      sendPingsAutomatically: true,
      upgrade: (response, request, context) => {
        const exchange = new Exchange(response, request, this.#options)
        try {
          this.#upgrade(exchange, context, queryOf(request))
        } catch (error) {
          this.#options.log.error({ err: error, requestId: exchange.requestId }, 'upgrade failed')
          exchange.refuse(failure('internal'))
        }
      },
      open: (socket) => this.#open(socket),
      message: (socket, message, isBinary) => this.#message(socket, { message, isBinary }),
      pong: (socket, text) =>
        socket.getUserData().session.pong(Buffer.from(text).toString('latin1')),
      close: (socket, code) => this.#close(socket.getUserData().session, code),
    })
  }

  /** Closes those who did not sign in in time, and those who have been there for very long. */
  sweep(nowMs: number): void {
    for (const session of this.#unauthenticated) {
      if (nowMs - session.openedAtMs < this.#options.signInTimeoutMs) break
      session.close('unauthenticated')
    }
    if (nowMs - this.#lifetimesSweptAtMs < lifetimeSweepPeriodMs) return
    this.#lifetimesSweptAtMs = nowMs
    const old = this.#options.deliveries.all().filter((session) => session.reconnectAtMs < nowMs)
    void closeInBatches(old, 'draining')
  }

  /** The socket is this user's from now on. */
  signIn(session: Session, entry: SessionEntry): void {
    if (session.identity !== undefined) this.#signOut(session, session.identity)
    this.#unauthenticated.delete(session)
    session.identity = entry
    entry.sockets.add(session)
    const count = (this.#byUser.get(entry.userId) ?? 0) + 1
    this.#byUser.set(entry.userId, count)
    if (count > this.#options.userConnectionsMax) session.close('tooManyConnections')
    else if (entry.isEnded) session.close('sessionEnded')
  }

  /** Refuses new sockets, and closes all others: idle ones now, the rest when they are answered. */
  async drain(answersTimeoutMs: number): Promise<void> {
    this.#isDraining = true
    const deadlineMs = performance.now() + answersTimeoutMs
    while (this.connections > 0) {
      const isLate = performance.now() > deadlineMs
      const sessions = this.#options.deliveries.all()
      const idle = sessions.filter((session) => isLate || session.inFlight === 0)
      await closeInBatches(idle, 'draining')
      if (isLate) return
      if (this.connections > 0)
        await new Promise((resolve) => setTimeout(resolve, closeBatchPauseMs))
    }
  }

  #upgrade(exchange: Exchange, context: UpgradeContext, query: string): void {
    const full = this.#fullness(exchange.address)
    if (full !== undefined) {
      exchange.refuse(full)
      return
    }
    const admission = admit(
      {
        connection: exchange.header('connection'),
        authorization: exchange.header('authorization'),
        cookie: exchange.header('cookie'),
        origin: exchange.header('origin'),
        host: exchange.header('host'),
        subprotocols: exchange.header('sec-websocket-protocol'),
      },
      { query, origins: this.#options.origins },
    )
    if ('refused' in admission) {
      exchange.refuse(admission.refused)
      return
    }
    const upgrade = { exchange, context, encoding: admission.encoding }
    const { token, userId } = admission
    const given = { exchange, token, userId, key: exchange.header('x-api-key') }
    this.#upgrading++
    identifyUpgrade(this.#options, given, (caller) => {
      this.#upgrading--
      if (exchange.isOver) return
      if ('code' in caller) exchange.refuse(caller)
      else if (caller.identity === undefined) this.#admitStranger(upgrade, caller)
      else this.#accept(upgrade, caller)
    })
  }

  #fullness(address: string): ErrorBody | undefined {
    if (this.#isDraining) {
      return failure('unavailable', { message: 'This gateway is draining.', retryAfterMs: 1000 })
    }
    if (this.connections + this.#upgrading >= this.#options.connectionsMax) {
      return failure('unavailable', { message: 'This gateway is full.', retryAfterMs: 5000 })
    }
    if (this.#byAddress.isFull(address)) {
      const message = 'Too many connections from this address.'
      return failure('rate_limited', { message, retryAfterMs: 5000 })
    }
    return undefined
  }

  #admitStranger(upgrade: Upgrade, caller: UpgradeCaller): void {
    if (this.#unauthenticated.size < this.#options.unauthenticatedConnectionsMax) {
      this.#accept(upgrade, caller)
      return
    }
    const message = 'Too many connections that have not signed in.'
    upgrade.exchange.refuse(failure('unavailable', { message, retryAfterMs: 5000 }))
  }

  #accept(upgrade: Upgrade, { identity, key }: UpgradeCaller): void {
    const { exchange, context, encoding } = upgrade
    if (this.#isDraining) {
      exchange.refuse(failure('unavailable', { retryAfterMs: 1000 }))
      return
    }
    const session = new Session({
      isBinary: encoding.isBinary,
      address: exchange.address,
      identity,
      rate: this.#options.rate,
      nowMs: performance.now(),
      unread: this.#unread,
    })
    session.key = key
    exchange.upgrade((response: HttpResponse) => {
      this.#options.upgradeCork.run(response, () => {
        response.upgrade(
          { session },
          exchange.header('sec-websocket-key'),
          encoding.subprotocol,
          exchange.header('sec-websocket-extensions'),
          context,
        )
      })
    })
  }

  #open(socket: WebSocket<SocketData>): void {
    const { session } = socket.getUserData()
    session.attach(socket)
    this.#options.deliveries.open(session)
    this.#options.metrics.connectionOpened()
    this.#byAddress.add(session.address)
    session.key?.sockets.add(session)
    const { identity } = session
    session.identity = undefined
    if (identity === undefined) this.#unauthenticated.add(session)
    else this.signIn(session, identity)
    // It may have been revoked while the upgrade waited for the word of another shard.
    if (session.key?.isEnded === true) session.close('keyRevoked')
  }

  #message(
    socket: WebSocket<SocketData>,
    frame: { message: ArrayBuffer; isBinary: boolean },
  ): void {
    const { session } = socket.getUserData()
    if (!session.isOpen) return
    if (frame.isBinary !== session.isBinary) {
      const message = `This socket speaks ${session.isBinary ? 'binary' : 'text'} frames only.`
      session.sendError(0, failure('bad_request', { message }))
      session.close('badRequest')
      return
    }
    this.#options.requests.receive(session, frame.message)
  }

  #close(session: Session, code: number): void {
    const { deliveries, metrics } = this.#options
    session.detach()
    deliveries.close(session)
    const { closeReason } = session
    metrics.connectionClosed(closeReason === undefined ? code : closeCodes[closeReason].code)
    if (closeReason === 'slowConsumer') metrics.slowConsumers.inc()
    this.#byAddress.release(session.address)
    this.#unauthenticated.delete(session)
    session.key?.sockets.delete(session)
    if (session.identity !== undefined) this.#signOut(session, session.identity)
  }

  #signOut(session: Session, entry: SessionEntry): void {
    entry.sockets.delete(session)
    const count = (this.#byUser.get(entry.userId) ?? 0) - 1
    if (count > 0) this.#byUser.set(entry.userId, count)
    else this.#byUser.delete(entry.userId)
    session.identity = undefined
  }
}
