// The replication log in the memory of this process: for simulations and for the contract suite.
//
// All shards of a test share the entries: either by sharing one MemoryLog, or by opening further
// handles with `on`, each with its own schedule. Time comes from the injected clock and deliveries
// of the tails go through `schedule`, so the same seed gives the same run.
//
// Every append makes one delivery for each tail. A test may keep the functions it is given and
// call them in any order, or never: an order that no log may show is healed here (a delivery hands
// over all entries before its own as well, and a late one finds nothing left to do).

import { type Partition, partitionsMax } from '../../../protocol/ids.ts'
import {
  type AppendRequest,
  type AppendResult,
  type Lease,
  type LogEntry,
  LogUnavailable,
  type ReplicationLog,
  type Tail,
  type TailHandlers,
} from '../log.ts'
import {
  checkAppendRequest,
  endOfAppend,
  isHeldBy,
  leaseInTheWay,
  nextEpoch,
  refuseAppend,
} from '../log-rules.ts'
import { comparePositions, type LogPosition } from '../position.ts'
import {
  createMedium,
  entriesAfter,
  lastOf,
  type Medium,
  MemoryTail,
  type PartitionLog,
  partitionOf,
  type Schedule,
} from './memory-medium.ts'
import { MemoryMembers } from './memory-members.ts'
import { MemorySnapshots } from './memory-snapshots.ts'

export type { Delivery } from './memory-medium.ts'

export type MemoryLogOptions = {
  /** Milliseconds; only differences matter. */
  readonly clock: () => number
  /** Runs each delivery of this handle's tails when the test wants it: at once by default. */
  readonly schedule?: Schedule
  /** Another handle whose entries and leases this one shares. */
  readonly on?: MemoryLog
  readonly partitionCount?: number
}

export class MemoryLog implements ReplicationLog {
  readonly members: MemoryMembers
  readonly snapshots: MemorySnapshots
  readonly #clock: () => number
  readonly #schedule: Schedule
  readonly #medium: Medium
  readonly #ownTails = new Set<MemoryTail>()
  #isClosed = false

  constructor({ clock, schedule = queueMicrotask, on, partitionCount }: MemoryLogOptions) {
    this.#clock = clock
    this.#schedule = schedule
    this.#medium = on === undefined ? createMedium(partitionCount ?? partitionsMax) : on.#medium
    const isClosed = (): boolean => this.#isClosed
    this.members = new MemoryMembers({ records: this.#medium.members, clock, isClosed })
    this.snapshots = new MemorySnapshots({
      rows: this.#medium.snapshots,
      check: (partition) => void this.#open(partition),
    })
  }

  async acquire(request: {
    partition: Partition
    node: string
    ttlMs: number
    minEpoch: number
  }): Promise<Lease> {
    const log = this.#open(request.partition)
    const nowMs = this.#clock()
    const other = leaseInTheWay(log.lease, { node: request.node, nowMs })
    if (other !== undefined) {
      return { outcome: 'held', holder: other.node, remainingMs: other.expiresAtMs - nowMs }
    }
    const last = lastOf(log)
    const epoch = nextEpoch({ counter: log.epoch, last, minEpoch: request.minEpoch })
    log.epoch = epoch
    log.lease = { node: request.node, epoch, expiresAtMs: nowMs + request.ttlMs }
    log.entries.push({
      position: { epoch, sequence: 1 },
      previous: last,
      payload: new Uint8Array(0),
      isBarrier: true,
    })
    this.#announce(request.partition)
    return { outcome: 'granted', epoch, last }
  }

  async renew(request: {
    node: string
    ttlMs: number
    leases: readonly { partition: Partition; epoch: number }[]
  }): Promise<readonly Partition[]> {
    const nowMs = this.#clock()
    const lost: Partition[] = []
    for (const { partition, epoch } of request.leases) {
      const log = this.#open(partition)
      if (isHeldBy(log.lease, { node: request.node, epoch }, nowMs)) {
        log.lease = { ...log.lease, expiresAtMs: nowMs + request.ttlMs }
      } else {
        lost.push(partition)
      }
    }
    return lost
  }

  async release(request: { partition: Partition; node: string; epoch: number }): Promise<void> {
    const log = this.#open(request.partition)
    if (isHeldBy(log.lease, request, this.#clock())) log.lease = undefined
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const log = this.#open(request.partition)
    checkAppendRequest(request)
    const state = { last: lastOf(log), lease: log.lease, nowMs: this.#clock() }
    const refusal = refuseAppend(request, state)
    if (refusal !== undefined) return refusal
    let previous = request.previous
    for (const payload of request.payloads) {
      const position = { epoch: request.epoch, sequence: previous.sequence + 1 }
      // A copy: the caller may reuse its bytes as soon as this call has returned.
      log.entries.push({ position, previous, payload: Buffer.from(payload), isBarrier: false })
      previous = position
    }
    this.#announce(request.partition)
    return { outcome: 'appended', last: endOfAppend(request) }
  }

  async head(partition: Partition): Promise<LogPosition> {
    return lastOf(this.#open(partition))
  }

  async read(request: {
    partition: Partition
    after: LogPosition
    limit: number
  }): Promise<readonly LogEntry[]> {
    const { partition, after, limit } = request
    const found = entriesAfter(this.#open(partition), { partition, after })
    return found.slice(0, limit)
  }

  tail(from: ReadonlyMap<Partition, LogPosition>, handlers: TailHandlers): Tail {
    for (const partition of from.keys()) this.#open(partition)
    const tail: MemoryTail = new MemoryTail({
      medium: this.#medium,
      schedule: this.#schedule,
      from,
      handlers,
      onClose: () => this.#ownTails.delete(tail),
    })
    this.#ownTails.add(tail)
    for (const partition of from.keys()) tail.announce(partition)
    return tail
  }

  async trim(partition: Partition, upTo: LogPosition): Promise<void> {
    const log = this.#open(partition)
    // The last entry stays, so that the end of the log is known whatever was trimmed.
    const kept = log.entries.findIndex((entry) => comparePositions(entry.position, upTo) > 0)
    const removed = log.entries.splice(0, kept === -1 ? log.entries.length - 1 : kept)
    log.trimmed = removed.at(-1)?.position ?? log.trimmed
  }

  async probe(): Promise<void> {
    this.#open(0)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const tail of [...this.#ownTails]) await tail.close()
  }

  #announce(partition: Partition): void {
    for (const tail of this.#medium.tails) tail.announce(partition)
  }

  #open(partition: Partition): PartitionLog {
    if (this.#isClosed) throw new LogUnavailable('This replication log was closed.')
    return partitionOf(this.#medium, partition)
  }
}
