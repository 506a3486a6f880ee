// The replication log in the memory of this process: for simulations and for the contract suite.
//
// All shards of a test share the entries: either by sharing one MemoryLog, or by opening further
// handles with `on`, each with its own schedule. Time comes from the injected clock and deliveries
// of the tails go through `schedule`, so the same seed gives the same run.
//
// Every append makes one delivery for each tail. A test may keep the functions it is given and
// call them in any order, or never: an order that no log may show is healed here (a delivery hands
// over all entries before its own as well, and a late one finds nothing left to do).

import { type Partition, partitionsMax } from '../../protocol/ids.ts'
import {
  type AppendRequest,
  type AppendResult,
  comparePositions,
  type Lease,
  type LogEntry,
  type LogPosition,
  LogUnavailable,
  logStart,
  type ReplicationLog,
  type Tail,
  type TailHandlers,
} from './log.ts'
import {
  checkAppendRequest,
  endOfAppend,
  follows,
  holeAfter,
  isHeldBy,
  type LeaseRecord,
  leaseInTheWay,
  nextEpoch,
  refuseAppend,
  trimmedAway,
} from './log-rules.ts'

/** Which tail a delivery is for: tails count from 0 in the order they were opened. */
export type Delivery = { readonly consumer: number; readonly partition: Partition }

export type MemoryLogOptions = {
  /** Milliseconds; only differences matter. */
  readonly clock: () => number
  /** Runs each delivery of this handle's tails when the test wants it: at once by default. */
  readonly schedule?: (deliver: () => void, delivery: Delivery) => void
  /** Another handle whose entries and leases this one shares. */
  readonly on?: MemoryLog
  readonly partitionCount?: number
}

type PartitionLog = {
  entries: LogEntry[]
  trimmed: LogPosition
  epoch: number
  lease: LeaseRecord | undefined
}

type Medium = {
  readonly partitions: readonly PartitionLog[]
  readonly tails: Set<MemoryTail>
  tailsOpened: number
}

export class MemoryLog implements ReplicationLog {
  readonly #clock: () => number
  readonly #schedule: (deliver: () => void, delivery: Delivery) => void
  readonly #medium: Medium
  readonly #ownTails = new Set<MemoryTail>()
  #isClosed = false

  constructor({ clock, schedule = queueMicrotask, on, partitionCount }: MemoryLogOptions) {
    this.#clock = clock
    this.#schedule = schedule
    this.#medium = on === undefined ? createMedium(partitionCount ?? partitionsMax) : on.#medium
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
      log.entries.push({ position, previous, payload: payload.slice(), isBarrier: false })
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

class MemoryTail implements Tail {
  readonly #medium: Medium
  readonly #schedule: (deliver: () => void, delivery: Delivery) => void
  readonly #consumer: number
  readonly #positions: Map<Partition, LogPosition>
  readonly #handlers: TailHandlers
  readonly #onClose: () => void

  constructor(options: {
    medium: Medium
    schedule: (deliver: () => void, delivery: Delivery) => void
    from: ReadonlyMap<Partition, LogPosition>
    handlers: TailHandlers
    onClose: () => void
  }) {
    this.#medium = options.medium
    this.#schedule = options.schedule
    this.#consumer = options.medium.tailsOpened++
    this.#positions = new Map(options.from)
    this.#handlers = options.handlers
    this.#onClose = options.onClose
    options.medium.tails.add(this)
  }

  position(partition: Partition): LogPosition {
    const position = this.#positions.get(partition)
    if (position === undefined) throw new RangeError(`This tail does not follow ${partition}.`)
    return position
  }

  /** Makes one delivery of everything that the partition's log holds now. */
  announce(partition: Partition): void {
    if (!this.#positions.has(partition)) return
    const upTo = lastOf(partitionOf(this.#medium, partition))
    const deliver = (): void => this.#deliver(partition, upTo)
    this.#schedule(deliver, { consumer: this.#consumer, partition })
  }

  async close(): Promise<void> {
    this.#medium.tails.delete(this)
    this.#onClose()
  }

  #deliver(partition: Partition, upTo: LogPosition): void {
    if (!this.#medium.tails.has(this)) return
    const after = this.position(partition)
    if (comparePositions(after, upTo) >= 0) return
    const entries = this.#read(partition, after)?.filter(
      (entry) => comparePositions(entry.position, upTo) <= 0,
    )
    const last = entries?.at(-1)
    if (entries === undefined || last === undefined) return
    this.#positions.set(partition, last.position)
    this.#handlers.onEntries(partition, entries)
  }

  /** @returns undefined where the tail had to stop. */
  #read(partition: Partition, after: LogPosition): readonly LogEntry[] | undefined {
    try {
      return entriesAfter(partitionOf(this.#medium, partition), { partition, after })
    } catch (error) {
      this.#medium.tails.delete(this)
      this.#onClose()
      this.#handlers.onError(error as Error)
      return undefined
    }
  }
}

function createMedium(partitionCount: number): Medium {
  const partitions = Array.from({ length: partitionCount }, () => ({
    entries: [],
    trimmed: logStart,
    epoch: 0,
    lease: undefined,
  }))
  return { partitions, tails: new Set(), tailsOpened: 0 }
}

function partitionOf(medium: Medium, partition: Partition): PartitionLog {
  const log = medium.partitions[partition]
  if (log === undefined) throw new RangeError(`There is no partition ${partition}.`)
  return log
}

function lastOf(log: PartitionLog): LogPosition {
  return log.entries.at(-1)?.position ?? log.trimmed
}

/** @throws RangeError (trimmed) or LogCorrupt (`after` is not a position of this log). */
function entriesAfter(
  { entries, trimmed }: PartitionLog,
  { partition, after }: { partition: Partition; after: LogPosition },
): readonly LogEntry[] {
  if (comparePositions(after, trimmed) < 0) throw trimmedAway(partition, { after, trimmed })
  const first = firstAfter(entries, after)
  const found = entries[first]
  if (found !== undefined && !follows(found, after)) {
    throw holeAfter(`the log of partition ${partition} in memory`, { after, found })
  }
  return entries.slice(first)
}

/** The index of the first entry after `position`, by binary search. */
function firstAfter(entries: readonly LogEntry[], position: LogPosition): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (comparePositions((entries[middle] as LogEntry).position, position) > 0) high = middle
    else low = middle + 1
  }
  return low
}
