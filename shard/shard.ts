// The shard: the owner of all state of one process. It hosts some partitions, as the primary or as a
// replica, follows the logs of all others, and hands requests to their handlers.
//
//   request of a gateway             -> requests.ts -> primary.ts -> log -> apply -> answer, pushes
//   log of every other partition     -> log-follower.ts           -> apply         -> pushes
//
// Which partitions it hosts and serves is decided elsewhere (placement/): here is how.

import type { RequestFrame } from '../protocol/cluster.ts'
import type { ShardStatus } from '../protocol/cluster-status.ts'
import { decodeEvent } from '../protocol/event.ts'
import type { Partition } from '../protocol/ids.ts'
import { applyTo } from './apply-entry.ts'
import type { Reply } from './asked.ts'
import { comeNear } from './come-near.ts'
import { DigestCheck } from './digest-check.ts'
import { Erasing } from './erasing.ts'
import { fillIndex } from './fill-index.ts'
import { FollowSettling } from './follow-settling.ts'
import { handlersByCode } from './handlers.ts'
import { Hosting } from './hosting.ts'
import { LeaseClock } from './lease-clock.ts'
import { renewLeases } from './lease-renewal.ts'
import { Live } from './live/live.ts'
import type { GatewayLink } from './live/live-subscribers.ts'
import { LogFollower } from './log-follower.ts'
import { PageValidators } from './page-validators.ts'
import type { PasswordDesk } from './passwords.ts'
import { Primary } from './primary.ts'
import type { AnyEvent, AnyWriteHandler, PrimaryPorts } from './primary-ports.ts'
import { isDigestEntry } from './replication/digest-entry.ts'
import type { AppendOutcome, ReplicationLog } from './replication/log.ts'
import type { LogPosition } from './replication/position.ts'
import { decideFor, Requests } from './requests.ts'
import { ShardState } from './state/shard-state.ts'
import { sweepState } from './sweep.ts'

export type ShardPorts = {
  /** Who takes leases: different for each start of a process. */
  readonly node: string
  readonly log: ReplicationLog
  readonly partitionCount: number
  /** The partitions that this process hosts from the start. */
  readonly hosted: readonly Partition[]
  readonly passwords: Pick<PasswordDesk, 'run'>
  readonly leaseMs: number
  /** How often hosts compare what they know: after so many entries of a partition. */
  readonly digestEveryEntries: number
  readonly sessionLifetimeMs: number
  /** For how many readers it is remembered what their last page was made of. */
  readonly pageValidators: number
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds that only ever go forward. */
  monotonicNow(): number
  random(bytes: number): Uint8Array
  defer(task: () => void): void
  pause(ms: number): Promise<void>
  /** Loads the newest good snapshot of a partition. @returns its position, `logStart` where there is none. */
  restore(state: ShardState, partition: Partition): Promise<LogPosition>
  /** The same, but only what a state needs to know from it of the partitions that it hosts. */
  restoreHosted(state: ShardState, source: Partition): Promise<LogPosition>
  /** @returns what to call with the outcome when the log has answered. */
  appendStarted(entries: number): (outcome: AppendOutcome) => void
  /** Something that an operator has to know of. */
  onError(error: unknown, message: string): void
  /** Something after which this process cannot be trusted: it must end and recover from the log. */
  onFatal(error: Error): void
  /** What is served or hosted has changed. */
  onChange(): void
}

export class Shard {
  readonly state = new ShardState()
  readonly live: Live
  readonly follower: LogFollower
  readonly digests: DigestCheck
  readonly #ports: ShardPorts
  /** The write path of each hosted partition. */
  readonly #primaries = new Map<Partition, Primary>()
  readonly #requests: Requests
  readonly #leases: LeaseClock
  readonly #hosting: Hosting
  readonly #settling: FollowSettling
  readonly #erasing: Erasing
  /** False while recovering: what is replayed then was pushed long ago. */
  #isLive = false
  #isClosed = false

  constructor(ports: ShardPorts) {
    this.#ports = ports
    const epoch = Buffer.from(ports.random(6)).readUIntLE(0, 6).toString(36)
    this.live = new Live(this.state, epoch, {
      isServing: (partition) => this.isServing(partition),
      defer: ports.defer,
      later: (task, afterMs) => void ports.pause(afterMs).then(task),
      onError: ports.onError,
    })
    this.digests = new DigestCheck(this.state, (error) => ports.onFatal(error))
    this.#leases = new LeaseClock({ leaseMs: ports.leaseMs, now: () => ports.monotonicNow() })
    this.follower = new LogFollower({
      log: ports.log,
      partitionCount: ports.partitionCount,
      pause: (ms) => ports.pause(ms),
      applyPayload: (partition, payload) => this.#applyPayload(partition, payload),
      onError: (error) => ports.onFatal(error),
    })
    this.#hosting = new Hosting({
      ...ports,
      state: this.state,
      position: (partition) => this.follower.position(partition),
      applyTo,
    })
    const primaryOf = (partition: Partition) => this.#primaries.get(partition)
    this.#settling = new FollowSettling(this.state, primaryOf, ports)
    this.live.followMaySettle = this.#settling.settle
    const { settle } = this.#settling
    this.#erasing = new Erasing(this.state, { ...ports, primaryOf, settle })
    this.live.accountLeft = this.#erasing.left
    this.#requests = new Requests({
      ...ports,
      state: this.state,
      live: this.live,
      validators: new PageValidators(this.state, ports.pageValidators),
      primaryOf,
      caughtUp: (partition) => this.follower.caughtUp(partition),
    })
    for (const partition of ports.hosted) {
      this.state.host(partition)
      this.#keepPrimary(partition)
    }
  }

  /** Recovers: snapshots, then logs. Afterwards it serves nothing yet: `gain` does that. */
  async start(): Promise<void> {
    const { partitionCount, restore } = this.#ports
    for (let partition = 0; partition < partitionCount; partition++) {
      this.follower.startAt(partition, await restore(this.state, partition))
    }
    await this.follower.follow()
    await comeNear(() => this.settled(), this.#ports.monotonicNow)
    this.state.settleFollows()
    this.#isLive = true
    void fillIndex(this.state, { ...this.#ports, isOver: () => this.#isClosed })
  }

  /** Takes the lease of a hosted partition. Resolves when it is served, or no longer wanted here. */
  async gain(partition: Partition): Promise<void> {
    await this.#primaries.get(partition)?.gain()
  }

  /** Gives up wanting to serve a partition. */
  standDown(partition: Partition): void {
    this.#primaries.get(partition)?.standDown()
  }

  isServing(partition: Partition): boolean {
    return this.#primaries.get(partition)?.isServing === true
  }

  /** Ends a reign in good order. @returns its epoch; undefined where there was none. */
  async handOver(partition: Partition): Promise<number | undefined> {
    return await this.#primaries.get(partition)?.handOver()
  }

  /** Hosts partitions that were not hosted. @returns those. Rejects with LogUnavailable where the log does not help. */
  async host(partitions: readonly Partition[]): Promise<readonly Partition[]> {
    const missing = partitions.filter((partition) => !this.#primaries.has(partition))
    if (missing.length === 0) return missing
    await this.#hosting.host(missing)
    for (const partition of missing) this.#keepPrimary(partition)
    this.#ports.onChange()
    return missing
  }

  /** Partitions that it began to host, and that are not whole. */
  get unfinished(): readonly Partition[] {
    return this.#hosting.unfinished
  }

  /** Forgets what only a host needs to know. It must not be served here. */
  async drop(partition: Partition): Promise<void> {
    const primary = this.#primaries.get(partition)
    if (primary?.isServing) return
    primary?.standDown()
    if (this.#primaries.delete(partition)) this.#ports.onChange()
    await this.#hosting.drop(partition)
  }

  /** Prolongs the leases; call it at least three times in a lease. */
  async renewLeases(): Promise<void> {
    await renewLeases(this.#serving(), this.#leases, this.#ports)
  }

  /** Ends all reigns and follows nothing any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#primaries.values()].map((primary) => primary.handOver()))
    await this.follower.close()
  }

  status(): Pick<ShardStatus, 'serving' | 'hosted'> {
    const serving = this.#serving().map(({ partition, epoch }) => [partition, epoch] as const)
    return { serving, hosted: [...this.#primaries.keys()] }
  }

  /** Takes one request of a gateway. The frame's bytes are not kept. */
  handle(frame: RequestFrame, link: GatewayLink, reply: Reply): void {
    this.#requests.handle(frame, link, reply)
  }

  /** The hosted partitions, with the newest epoch in which this process was primary of each. */
  *hosting(): Iterable<{ partition: Partition; epoch: number; isServing: boolean }> {
    yield* this.#primaries.values()
  }

  /** Forgets what is over: see sweep.ts. Call it once an hour. */
  async sweep(idleHours: number): Promise<void> {
    await sweepState(this.state, { ...this.#ports, idleHours })
  }

  /** Waits until everything in all logs has been applied here. */
  async settled(): Promise<void> {
    const all = Array.from({ length: this.#ports.partitionCount }, (_, partition) => partition)
    await Promise.all(all.map((partition) => this.follower.caughtUp(partition)))
  }

  #serving(): Primary[] {
    return [...this.#primaries.values()].filter((primary) => primary.isServing)
  }

  #keepPrimary(partition: Partition): void {
    this.#primaries.set(partition, new Primary(partition, this.#primaryPorts(partition)))
  }

  #primaryPorts(hosted: Partition): PrimaryPorts {
    const { follower, state } = this
    const { log, node, leaseMs, digestEveryEntries, defer, pause } = this.#ports
    const { onError, onChange, appendStarted } = this.#ports
    return {
      log,
      node,
      leaseMs,
      digestEveryEntries,
      defer,
      whenNear: (task) => follower.pace.whenNear(task),
      pause,
      onError,
      onChange,
      appendStarted,
      decide: (write) => decideFor(state, write),
      apply: (handler, event, payload) => {
        this.#hosting.applied(hosted, payload)
        this.#apply(handler, event)
      },
      applyEntries: (partition, entries) => follower.applyEntries(partition, entries),
      position: (partition) => follower.position(partition),
      applied: (partition, position) => follower.applied(partition, position),
      own: (partition, position) => {
        follower.own(partition, position)
        this.#settling.opened(partition)
        this.#erasing.opened()
      },
      disown: (partition) => {
        this.#leases.ended(partition)
        follower.disown(partition)
      },
      lastIssuedId: (partition) => state.lastIssuedId(partition),
      isLeaseSafe: (partition) => this.#leases.isSafe(partition),
      leaseAsked: () => this.#leases.asked(),
      digest: (partition) => this.digests.entry(partition),
    }
  }

  #applyPayload(partition: Partition, payload: Uint8Array): void {
    if (isDigestEntry(payload)) {
      this.digests.check(partition, payload)
      return
    }
    this.#hosting.applied(partition, payload)
    const { operation, event } = decodeEvent(payload)
    this.#apply(handlersByCode.get(operation.code) as AnyWriteHandler, event)
  }

  #apply(handler: AnyWriteHandler, event: AnyEvent): void {
    const applied = handler.apply(this.state, event)
    if (!this.#isLive) return
    try {
      handler.effects?.(this.live, event, applied)
    } catch (error) {
      this.live.broke()
      this.#ports.onError(error, 'the effects of an event broke')
    }
  }
}
