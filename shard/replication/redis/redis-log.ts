// The replication log on Redis Streams over its links; redis.ts opens them and says what it promises.

import type { Partition } from '../../../protocol/ids.ts'
import {
  type AppendRequest,
  type AppendResult,
  type Lease,
  type LogEntry,
  LogRefused,
  LogUnavailable,
  type ReplicationLog,
  type Tail,
  type TailHandlers,
} from '../log.ts'
import { checkAppendRequest, endOfAppend } from '../log-rules.ts'
import { formatPosition, type LogPosition } from '../position.ts'
import { keysOf, type PartitionKeys, parsePosition, type StreamEntry } from './redis-codec.ts'
import type { Connector } from './redis-connection.ts'
import type { Durability } from './redis-durability.ts'
import { describeRedis } from './redis-facts.ts'
import { KeptEntries } from './redis-kept.ts'
import type { Link } from './redis-link.ts'
import { RedisMembers } from './redis-members.ts'
import { LogReader } from './redis-reading.ts'
import { bufferOf, type Reign, Restorer } from './redis-restore.ts'
import { scripts } from './redis-scripts.ts'
import { RedisSnapshots } from './redis-snapshots.ts'
import { RedisTail } from './redis-tail.ts'
import { entriesOf, UnansweredAppends } from './redis-unanswered.ts'

export type RedisLogParts = {
  readonly connector: Connector
  readonly cluster: string
  readonly partitionCount: number
  readonly clock: () => number
  /** Of its own, so that a long read or a lease never stands before an append. */
  readonly appends: Link
  readonly leases: Link
  readonly reads: Link
  /** Where an append waits for more than Redis's answer. */
  readonly durability: Durability | undefined
}

type AcquireRequest = Parameters<ReplicationLog['acquire']>[0]

export type RedisLogCounts = {
  /** Entries that Redis had lost and that were written again by this process. */
  readonly restored: number
  /** What is kept for that. */
  readonly keptEntries: number
  readonly keptBytes: number
  readonly reconnections: number
}

export class RedisLog implements ReplicationLog {
  readonly members: RedisMembers
  readonly snapshots: RedisSnapshots
  readonly #parts: RedisLogParts
  readonly #kept: KeptEntries
  readonly #unanswered = new UnansweredAppends()
  readonly #reader: LogReader
  readonly #restorer: Restorer
  readonly #keys: readonly PartitionKeys[]
  readonly #tails = new Set<RedisTail>()
  #restored = 0
  #isClosed = false
  readonly describe = () => describeRedis(this.#parts.reads, this.#parts.connector.where)

  constructor(parts: RedisLogParts) {
    const { cluster, leases, reads } = parts
    this.#parts = parts
    this.#kept = new KeptEntries(parts.clock)
    this.#reader = new LogReader({ link: reads, cluster, kept: this.#kept })
    // On the connection that takes the leases: in the middle of a failover another one may still lead
    // to the former master, which has lost nothing.
    const reader = new LogReader({ link: leases, cluster, kept: this.#kept })
    const known = { kept: this.#kept, unanswered: this.#unanswered }
    this.#restorer = new Restorer({ link: leases, reader, cluster, ...known })
    this.members = new RedisMembers({ link: leases, cluster })
    const keyOf = (partition: Partition) => this.#keysOf(partition).snapshots
    this.snapshots = new RedisSnapshots({ link: reads, keyOf })
    this.#keys = Array.from({ length: parts.partitionCount }, (_, place) => keysOf(cluster, place))
  }

  get counts(): RedisLogCounts {
    const { entries, bytes } = this.#kept.counts
    const reconnections = Math.max(0, this.#parts.appends.generation - 1)
    return { restored: this.#restored, keptEntries: entries, keptBytes: bytes, reconnections }
  }

  /** Where Redis has lost entries that this process knows, they are written again first. */
  async acquire(request: AcquireRequest): Promise<Lease> {
    // A lease is of no use to who cannot append.
    this.#parts.appends.checkUp()
    const lease = await this.#acquire(request)
    if (lease.outcome === 'held') return lease
    const { partition, node } = request
    const reign = { partition, node, epoch: lease.epoch }
    try {
      const loss = await this.#restorer.findLoss(partition)
      if (loss === undefined || loss.missing.length === 0) {
        await this.#restorer.keepUpTo(partition, barrierOf(lease), loss)
        this.#unanswered.forget(partition)
        return lease
      }
      const written = await this.#restorer.restore(reign, loss.missing)
      // A new reign, so that the caller finds a log as it knows it: all that came before, a barrier.
      const next = await this.#acquire(request)
      if (next.outcome === 'held') return next
      const entries = [...loss.rewritten, ...written, barrierOf(next)]
      this.#unanswered.forget(partition)
      this.#kept.replaceAfter(partition, { position: loss.position, entries })
      this.#restored += written.length
      return next
    } catch (error) {
      await this.#releaseQuietly(reign)
      throw error
    }
  }

  async renew(request: {
    node: string
    ttlMs: number
    leases: readonly { partition: Partition; epoch: number }[]
  }): Promise<readonly Partition[]> {
    const { node, ttlMs, leases } = request
    for (const { partition } of leases) this.#keysOf(partition)
    if (leases.length === 0) return []
    // One script may touch one slot of a Redis Cluster: there each partition needs its own call.
    const groups = this.#parts.connector.isCluster ? leases.map((lease) => [lease]) : [leases]
    return (await Promise.all(groups.map((group) => this.#renew({ node, ttlMs, group })))).flat()
  }

  async release({ partition, node, epoch }: Reign): Promise<void> {
    const keys = [this.#keysOf(partition).lease]
    await this.#parts.leases.run(scripts.release, { keys, args: [`${node}:${epoch}`] })
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.#keysOf(request.partition)
    checkAppendRequest(request)
    try {
      const result = await this.#append(request)
      this.#unanswered.forget(request.partition)
      return result
    } catch (error) {
      if (!(error instanceof LogRefused)) this.#unanswered.note(request)
      throw error
    }
  }

  async #append(request: AppendRequest): Promise<AppendResult> {
    const { lease, log } = this.#keysOf(request.partition)
    const { node, epoch, previous, payloads } = request
    const { appends, durability } = this.#parts
    const { generation } = appends
    const reply = await appends.run(scripts.append, {
      keys: [lease, log],
      args: [
        `${node}:${epoch}`,
        epoch,
        formatPosition(previous),
        previous.sequence + 1,
        ...payloads.map(bufferOf),
      ],
    })
    const [name, last] = reply as readonly Buffer[]
    const outcome = String(name) as AppendResult['outcome']
    if (outcome === 'gap') return { outcome, last: parsePosition(last as Buffer) }
    if (outcome === 'fenced' || outcome === 'no-lease') return { outcome }
    await durability?.settled({ generation, isOlder: outcome === 'duplicate' })
    this.#kept.note(request.partition, entriesOf(request))
    return { outcome, last: endOfAppend(request) }
  }

  async head(partition: Partition): Promise<LogPosition> {
    this.#keysOf(partition)
    return this.#reader.head(partition)
  }

  async read(request: {
    partition: Partition
    after: LogPosition
    limit: number
  }): Promise<readonly LogEntry[]> {
    this.#keysOf(request.partition)
    return this.#reader.read(request.partition, request)
  }

  tail(from: ReadonlyMap<Partition, LogPosition>, handlers: TailHandlers): Tail {
    this.#checkOpen()
    for (const partition of from.keys()) this.#keysOf(partition)
    const { connector, cluster } = this.#parts
    const tail: RedisTail = new RedisTail({
      connector,
      reader: this.#reader,
      cluster,
      from,
      handlers,
      onCommitted: (partition, { entries, isRewritten, content }) => {
        if (isRewritten) this.#kept.startOver(partition, entries, content)
        else this.#kept.note(partition, entries)
      },
      onClose: () => this.#tails.delete(tail),
    })
    this.#tails.add(tail)
    return tail
  }

  async trim(partition: Partition, upTo: LogPosition): Promise<void> {
    const { log, trimmed } = this.#keysOf(partition)
    const args = [formatPosition(upTo)]
    await this.#parts.reads.run(scripts.trim, { keys: [log, trimmed], args })
  }

  async probe(): Promise<void> {
    const { probe } = this.#keysOf(0)
    const { appends, leases, reads } = this.#parts
    await Promise.all([appends, leases, reads].map((link) => link.call('set', [probe, 'probe'])))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const tail of [...this.#tails]) await tail.close()
    const { appends, leases, reads, connector } = this.#parts
    for (const link of [appends, leases, reads]) link.close()
    connector.close()
  }

  async #acquire({ partition, node, ttlMs, minEpoch }: AcquireRequest): Promise<Lease> {
    const { lease, epoch, log } = this.#keysOf(partition)
    // A failover may take the counter back as well. An epoch that anybody here has seen never comes
    // again: positions would name two things.
    const epochSeen = Math.max(minEpoch, this.#kept.tip(partition)?.epoch ?? 0)
    const reply = await this.#parts.leases.run(scripts.acquire, {
      keys: [lease, epoch, log],
      args: [node, ttlMs, epochSeen],
    })
    const [isGranted, second, third] = reply as readonly [number, Buffer, Buffer | number]
    if (isGranted === 1) {
      const last = parsePosition(third as Buffer)
      return { outcome: 'granted', epoch: Number(second), last }
    }
    return { outcome: 'held', holder: String(second), remainingMs: Math.max(1, third as number) }
  }

  async #renew({
    node,
    ttlMs,
    group,
  }: {
    node: string
    ttlMs: number
    group: readonly { partition: Partition; epoch: number }[]
  }): Promise<readonly Partition[]> {
    const keys = group.flatMap(({ partition }) => {
      const { lease, log } = this.#keysOf(partition)
      return [lease, log]
    })
    const claims = group.flatMap(({ partition, epoch }) => {
      const tip = this.#kept.tip(partition)
      return tip?.epoch === epoch ? [epoch, epoch, tip.sequence] : [epoch, epoch, 1]
    })
    const args = [node, ttlMs, ...claims]
    const reply = await this.#parts.leases.run(scripts.renew, { keys, args })
    return (reply as readonly number[]).flatMap((place) => group[place - 1]?.partition ?? [])
  }

  /** Nothing came of a reign: a successor need not wait for its end. */
  async #releaseQuietly(reign: Reign): Promise<void> {
    try {
      await this.release(reign)
    } catch (error) {
      // The lease ends by itself then; what made the reign fail is of more interest.
      if (!(error instanceof LogUnavailable)) throw error
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new LogUnavailable('This replication log was closed.')
  }

  #keysOf(partition: Partition): PartitionKeys {
    this.#checkOpen()
    const keys = this.#keys[partition]
    if (keys === undefined) throw new RangeError(`There is no partition ${partition}.`)
    return keys
  }
}

function barrierOf({ epoch, last }: Extract<Lease, { outcome: 'granted' }>): StreamEntry {
  const position = { epoch, sequence: 1 }
  const payload = new Uint8Array(0)
  return { position, previous: last, payload, isBarrier: true, origins: [] }
}
