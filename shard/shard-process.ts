// The parts of a running shard, wired to each other: state, log, placement, snapshots, links.
//
// Shutdown, in this order: not ready any more; what it serves goes to others, one partition at a time;
// what is in flight is answered and the leases are given back; the links to the gateways end; the log
// closes. Then nothing holds the event loop open.

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Partition } from '../protocol/ids.ts'
import { listenProblem, startAdmin } from '../protocol/std/admin.ts'
import type { Log } from '../protocol/std/log.ts'
import type { ProcessContext, Running } from '../protocol/std/run.ts'
import { StartError } from '../protocol/std/run.ts'
import type { ColdStore } from './bodies/cold-store.ts'
import { keepBodies } from './bodies/keep-bodies.ts'
import type { FanOut } from './fanout/fan-out.ts'
import { startFanOut } from './fanout/start-fan-out.ts'
import { GatewayStatus } from './gateway-status.ts'
import { inTurns } from './in-turns.ts'
import { makeSnapshots } from './make-snapshots.ts'
import type { ShardMetrics } from './metrics.ts'
import { Listener } from './net/listener.ts'
import { Peers } from './net/peer.ts'
import { OperatorEnd } from './operator-end.ts'
import { PasswordDesk } from './passwords.ts'
import { LagWatch } from './placement/lag-watch.ts'
import type { Membership } from './placement/membership.ts'
import { PlacementKeeper } from './placement/placement-keeper.ts'
import { RepeatedErrors } from './repeated-errors.ts'
import type { ReplicationLog } from './replication/log.ts'
import type { LogPosition } from './replication/position.ts'
import { logStart } from './replication/position.ts'
import type { ShardSettings } from './settings.ts'
import { Shard } from './shard.ts'
import { showDigests } from './show-digests.ts'
import type { SnapshotService } from './snapshots/service.ts'
import type { ShardState } from './state/shard-state.ts'
import { yielding } from './yielding.ts'

const countsPeriodMs = 1_000
const hourMs = 60 * 60 * 1000
/** A lease is renewed so many times before it would end. */
const renewalsPerLease = 4
/** Hosts compare what they know after so many entries of a partition. */
const digestEveryEntries = 1_000
/** A partition that is hosted elsewhere now is kept for so long, in case the ring changes again. */
const dropAfterMs = 10_000
/** How much of a shutdown may go into handing partitions over. */
const leaveWithinMs = 3_000

export type ShardProcessParts = {
  readonly settings: ShardSettings
  readonly log: Log
  readonly replication: ReplicationLog
  readonly metrics: ShardMetrics
  readonly context: ProcessContext
  readonly membership: Membership
}

export class ShardProcess {
  readonly #parts: ShardProcessParts
  readonly #membership: Membership
  readonly #shard: Shard
  readonly #bodies: ColdStore
  readonly #fanOut: FanOut
  readonly #status: GatewayStatus
  readonly #keeper: PlacementKeeper
  readonly #snapshots: SnapshotService
  readonly #peers: Peers
  readonly #listener: Listener
  readonly #operators: OperatorEnd
  readonly #onError: (error: unknown, message: string) => void
  readonly #timers: NodeJS.Timeout[] = []
  readonly #lag = new LagWatch()
  #met: Membership['addresses'] = {}
  #port = 0
  #isDraining = false

  constructor(parts: ShardProcessParts) {
    const { settings, metrics, log, membership } = parts
    this.#parts = parts
    this.#membership = membership
    const errors = new RepeatedErrors({ log, now: () => performance.now() })
    this.#onError = (error, message) => errors.tell(error, message)
    this.#peers = new Peers({ name: settings.name, secret: settings.secret })
    this.#snapshots = makeSnapshots({
      ...parts,
      peers: this.#peers,
      shard: () => this.#shard,
      pause,
      onError: this.#onError,
    })
    this.#shard = this.#makeShard()
    this.#bodies = keepBodies(this.#shard.state.tweets, { ...parts, onError: this.#onError })
    this.#fanOut = startFanOut(this.#shard, {
      ...parts,
      onError: this.#onError,
      onFatal: (error) => parts.context.fail(error),
    })
    this.#status = new GatewayStatus({ shard: this.#shard, membership })
    this.#keeper = new PlacementKeeper({
      shard: this.#shard,
      membership,
      handOver: (address, given) => this.#peers.handOver(address, given),
      dropAfterMs,
      now: () => performance.now(),
      pause,
      onError: this.#onError,
      onMove: (move) => {
        log.info(move, 'a partition moves')
        this.#operators.moved(move)
      },
      onFatal: (error) => parts.context.fail(error),
    })
    this.#listener = this.#makeListener()
    membership.ownWork = () => {
      const { hosted, serving } = this.#shard.status()
      const positions = this.#shard.follower.positions
      return { hosted, serving: serving.map(([partition]) => partition), positions }
    }
    const parties = { shard: this.#shard, keeper: this.#keeper, snapshots: this.#snapshots }
    const observed = { ...parties, membership }
    metrics.observe(observed)
    this.#operators = new OperatorEnd({
      ...parts,
      observed,
      gateways: () => this.#listener.gateways(),
      look: () => this.#tick(),
    })
  }

  /**
   * Builds the state from snapshots and logs. Meanwhile it says that it lives, and gives others the snapshots
   * that it has: of processes that all start at once, each may need one of another.
   */
  async recover(): Promise<void> {
    const { log, settings } = this.#parts
    const { host, port, address } = settings
    this.#port = await this.#listener.listen().catch((cause: NodeJS.ErrnoException) => {
      throw new StartError(listenProblem({ host, port, what: 'the shard', cause }))
    })
    this.#membership.address = address || `${host}:${this.#port}`
    const membership = this.#membership
    const startedAtMs = performance.now()
    const alive = setInterval(() => void membership.tryToAnnounce(), membership.announceEveryMs)
    try {
      const start = (): Promise<void> => this.#shard.start()
      await (membership.doOthersServe ? yielding(start) : start())
    } finally {
      clearInterval(alive)
    }
    log.info({ ms: Math.round(performance.now() - startedAtMs) }, 'recovered from the log')
  }

  async serve(): Promise<Running> {
    const { settings, log, metrics, context } = this.#parts
    const port = this.#port
    const admin = await startAdmin({
      host: settings.adminHost,
      port: settings.adminPort,
      register: metrics.register,
      isReady: async () => (this.#isDraining ? 'draining' : await this.#problem()),
      routes: { '/digests': async () => ({ body: await showDigests(this.#shard, pause) }) },
    })
    this.#membership.state = 'ready'
    this.#status.isReady = true
    await this.#keeper.tick()
    this.#startTimers()
    this.#snapshots.start()
    context.parent?.send({ type: 'ready', port, adminPort: admin.port })
    log.info({ port, adminPort: admin.port }, 'serving')
    return { log, drain: () => this.#drain(admin) }
  }

  #startTimers(): void {
    const { leaseMs, timelineIdleHours } = this.#parts.settings
    const shard = this.#shard
    this.#timers.push(
      setInterval(() => shard.live.flushCounts(), countsPeriodMs),
      setInterval(() => void shard.renewLeases(), leaseMs / renewalsPerLease),
      setInterval(() => void this.#tick(), this.#membership.announceEveryMs),
      setInterval(() => void shard.sweep(timelineIdleHours), hourMs),
    )
  }

  async #tick(): Promise<void> {
    await this.#keeper.tick()
    const here = { positions: this.#shard.follower.positions, nowMs: performance.now() }
    this.#shard.state.index.isBehind = this.#lag.look(this.#membership, here)
    // Gateways learn of the others from here.
    if (this.#status.isOutdated) this.#tellGateways()
    this.#meet(this.#membership.addresses)
  }

  /** Links to shards that are new: a hand-over then finds one open; it makes one itself where not. */
  #meet(addresses: Membership['addresses']): void {
    const before = this.#met
    this.#met = addresses
    for (const [name, address] of Object.entries(addresses)) {
      if (name === this.#membership.name || before[name] === address) continue
      this.#peers.connect(address).catch((error: Error) => {
        this.#parts.log.debug({ shard: name, reason: error.message }, 'no link to a shard yet')
      })
    }
  }

  async #drain(admin: { close(): Promise<void> }): Promise<void> {
    const { replication, metrics } = this.#parts
    this.#isDraining = true
    await this.#keeper.leave(leaveWithinMs)
    await this.#shard.close()
    for (const timer of this.#timers) clearInterval(timer)
    await this.#membership.withdraw()
    this.#peers.close()
    await Promise.all([this.#snapshots.close(), this.#listener.close(), admin.close()])
    await Promise.all([replication.close(), this.#bodies.close(), this.#fanOut.close()])
    metrics.close()
    this.#operators.close()
  }

  #makeShard(): Shard {
    const { settings, replication, metrics, context } = this.#parts
    const { name, incarnation } = this.#membership
    const snapshots = this.#snapshots
    return new Shard({
      node: `${name}/${incarnation}`,
      log: replication,
      partitionCount: settings.partitionCount,
      hosted: this.#membership.hostedAtStart(),
      passwords: new PasswordDesk(settings.passwordCost),
      leaseMs: settings.leaseMs,
      digestEveryEntries,
      sessionLifetimeMs: settings.sessionLifetimeSeconds * 1000,
      pageValidators: settings.pageValidators,
      now: Date.now,
      monotonicNow: () => performance.now(),
      random: randomBytes,
      defer: setImmediate,
      pause,
      restore: (state, partition) => snapshots.restore(state, partition),
      restoreHosted: (state, source) => this.#restoreHosted(state, source),
      appendStarted: (entries) => metrics.appendStarted(entries),
      onError: this.#onError,
      onFatal: (error) => context.fail(error),
      onChange: () => this.#tellGateways(),
    })
  }

  #makeListener(): Listener {
    const { settings, log } = this.#parts
    const shard = this.#shard
    return new Listener({
      secret: settings.secret,
      host: settings.host,
      port: settings.port,
      status: () => this.#status.now(),
      onRequest: (request, link, reply) =>
        this.#status.isReady ? shard.handle(request, link, reply) : reply.notServed(),
      onHandOver: async (partition) => {
        if (this.#status.isReady) await this.#keeper.receive(partition)
      },
      onSnapshotRead: (read) => this.#snapshots.readPiece(read),
      onOperatorAsk: (ask) => this.#operators.answer(ask),
      slowMs: settings.slowRequestMs,
      onSlow: (answered) => this.#operators.slow(answered),
      onTooLarge: (frame) => log.error(frame, 'a frame above the limit was not sent'),
      onConnected: (link, gateway) => {
        log.info({ gateway }, 'a gateway has connected')
        shard.live.connect(link)
      },
      onSlotClosed: (link, slot) => shard.live.disconnectSlot(link, slot),
      onDisconnected: (link, gateway) => {
        log.info({ gateway }, 'a gateway has gone')
        shard.live.disconnect(link)
      },
      onRefused: (address, reason) => log.warn({ address, reason }, 'a connection was refused'),
    })
  }

  #tellGateways(): void {
    this.#listener.announce(this.#status.forAll())
  }

  /** Why the shard cannot serve now, proved by a round trip to the log; undefined where it can. */
  async #problem(): Promise<string | undefined> {
    try {
      await this.#parts.replication.probe()
    } catch (error) {
      return `the log is away: ${error instanceof Error ? error.message : String(error)}`
    }
    return this.#keeper.problem
  }

  async #restoreHosted(state: ShardState, source: Partition): Promise<LogPosition> {
    const snapshot = await this.#snapshots.open(source)
    if (snapshot === undefined) return logStart
    await inTurns(snapshot.load(state, { facts: 'hosted' }))
    return snapshot.header.position
  }
}
