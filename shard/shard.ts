// The shard: the owner of all state of one process. It is the primary of some partitions, follows the
// logs of all others, and hands requests to their handlers.
//
//   request of a gateway             -> requests.ts -> primary.ts -> log -> apply -> answer, pushes
//   log of every other partition     -> log-follower.ts           -> apply         -> pushes

import type { RequestFrame, ShardStatus } from '../protocol/cluster.ts'
import { decodeEvent } from '../protocol/event.ts'
import type { Partition } from '../protocol/ids.ts'
import { handlersByCode } from './handlers.ts'
import type { GatewayLink } from './live.ts'
import { Live } from './live.ts'
import { LogFollower } from './log-follower.ts'
import type { PasswordDesk } from './passwords.ts'
import type { AnyWriteHandler } from './primary.ts'
import { Primary } from './primary.ts'
import type { ReplicationLog } from './replication/log.ts'
import { LogUnavailable } from './replication/log.ts'
import type { Reply } from './requests.ts'
import { Requests } from './requests.ts'
import { ShardState } from './state/shard-state.ts'

export type ShardPorts = {
  readonly name: string
  readonly log: ReplicationLog
  readonly partitionCount: number
  /** The partitions of which this process is the primary. */
  readonly partitions: readonly Partition[]
  readonly passwords: Pick<PasswordDesk, 'run'>
  readonly leaseMs: number
  readonly sessionLifetimeMs: number
  /** Milliseconds since 1970. */
  now(): number
  random(bytes: number): Uint8Array
  defer(task: () => void): void
  pause(ms: number): Promise<void>
  /** @returns what to call with the outcome when the log has answered. */
  appendStarted(entries: number): (outcome: string) => void
  /** Something that an operator has to know of. */
  onError(error: unknown, message: string): void
  /** Something after which this process cannot be trusted: it must end and recover from the log. */
  onFatal(error: Error): void
  onStatus(status: ShardStatus): void
}

export class Shard {
  readonly state = new ShardState()
  readonly live: Live
  readonly #ports: ShardPorts
  readonly #follower: LogFollower
  readonly #primaries = new Map<Partition, Primary>()
  readonly #requests: Requests
  /** False while recovering: what is replayed then was pushed long ago. */
  #isLive = false

  constructor(ports: ShardPorts) {
    this.#ports = ports
    const epoch = Buffer.from(ports.random(6)).readUIntLE(0, 6).toString(36)
    this.live = new Live(this.state, epoch)
    this.#follower = new LogFollower({
      log: ports.log,
      partitionCount: ports.partitionCount,
      applyPayload: (_partition, payload) => this.#applyPayload(payload),
      onError: (error) => ports.onFatal(error),
    })
    this.#requests = new Requests({
      ...ports,
      state: this.state,
      live: this.live,
      primaryOf: (partition) => this.#primaries.get(partition),
      caughtUp: (partition) => this.#follower.caughtUp(partition),
    })
    for (const partition of ports.partitions) {
      this.state.host(partition)
      this.#primaries.set(partition, new Primary(partition, this.#primaryPorts()))
    }
  }

  /** Replays the logs, takes the leases, and serves. */
  async start(): Promise<void> {
    const { partitionCount } = this.#ports
    const all = Array.from({ length: partitionCount }, (_, partition) => partition)
    await this.#follower.follow(all)
    await Promise.all(all.map((partition) => this.#follower.caughtUp(partition)))
    await this.#follower.follow(all.filter((partition) => !this.#primaries.has(partition)))
    this.#isLive = true
    await Promise.all([...this.#primaries.values()].map((primary) => primary.gain()))
  }

  /** Prolongs the leases; call it at least three times in a lease. */
  async renewLeases(): Promise<void> {
    const { log, name, leaseMs, onError } = this.#ports
    const serving = [...this.#primaries.values()].filter((primary) => primary.isServing)
    const leases = serving.map(({ partition, epoch }) => ({ partition, epoch }))
    if (leases.length === 0) return
    try {
      const lost = await log.renew({ node: name, ttlMs: leaseMs, leases })
      for (const partition of lost) this.#primaries.get(partition)?.lose()
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      onError(error, 'the leases could not be prolonged')
    }
  }

  /** Finishes what is in flight and gives the leases back. */
  async close(): Promise<void> {
    await Promise.all([...this.#primaries.values()].map((primary) => primary.close()))
    await this.#follower.close()
  }

  status(): ShardStatus {
    const serving = [...this.#primaries.values()].filter((primary) => primary.isServing)
    return { partitions: serving.map(({ partition }) => partition) }
  }

  get isServingAll(): boolean {
    return this.status().partitions.length === this.#primaries.size
  }

  /** Takes one request of a gateway. The frame's bytes are not kept. */
  handle(frame: RequestFrame, link: GatewayLink, reply: Reply): void {
    this.#requests.handle(frame, link, reply)
  }

  /** The epoch of each partition served here. */
  *epochs(): Iterable<{ partition: Partition; epoch: number }> {
    for (const { partition, epoch } of this.#primaries.values()) yield { partition, epoch }
  }

  /** Waits until everything in all logs has been applied here: for tests and comparisons. */
  async settled(): Promise<void> {
    const all = Array.from({ length: this.#ports.partitionCount }, (_, partition) => partition)
    await Promise.all(all.map((partition) => this.#follower.caughtUp(partition)))
  }

  #primaryPorts(): ConstructorParameters<typeof Primary>[1] {
    const { log, name, leaseMs, defer, pause, onError, onStatus, appendStarted } = this.#ports
    return {
      log,
      node: name,
      leaseMs,
      defer,
      pause,
      onError,
      decide: ({ handler, context, params }) => handler.decide(this.state, context, params),
      apply: (handler, event) => this.#apply(handler, event),
      applyPayload: (_partition, payload) => this.#applyPayload(payload),
      position: (partition) => this.#follower.position(partition),
      applied: (partition, position) => this.#follower.applied(partition, position),
      lastIssuedId: (partition) => this.state.lastIssuedId(partition),
      appendStarted,
      onChange: () => onStatus(this.status()),
    }
  }

  #applyPayload(payload: Uint8Array): void {
    const { operation, event } = decodeEvent(payload)
    this.#apply(handlersByCode.get(operation.code) as AnyWriteHandler, event)
  }

  #apply(handler: AnyWriteHandler, event: Record<string, unknown>): void {
    const applied = handler.apply(this.state, event)
    if (this.#isLive) handler.effects?.(this.live, event, applied)
  }
}
