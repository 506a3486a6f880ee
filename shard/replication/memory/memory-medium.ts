// What the handles on one log in memory share: its entries, its leases and its tails.

import type { Partition } from '../../../protocol/ids.ts'
import type { LogEntry, Tail, TailHandlers } from '../log.ts'
import { follows, holeAfter, type LeaseRecord, trimmedAway } from '../log-rules.ts'
import type { MemberRecord } from '../member-rules.ts'
import { comparePositions, type LogPosition, logStart } from '../position.ts'
import type { SnapshotRows } from './memory-snapshots.ts'

/** Which tail a delivery is for: tails count from 0 in the order they were opened. */
export type Delivery = { readonly consumer: number; readonly partition: Partition }

/** Runs a delivery when the test wants it. */
export type Schedule = (deliver: () => void, delivery: Delivery) => void

export type PartitionLog = {
  entries: LogEntry[]
  trimmed: LogPosition
  epoch: number
  lease: LeaseRecord | undefined
}

export type Medium = {
  readonly members: Map<string, MemberRecord>
  readonly snapshots: SnapshotRows
  readonly partitions: readonly PartitionLog[]
  readonly tails: Set<MemoryTail>
  tailsOpened: number
}

export class MemoryTail implements Tail {
  /** It hands over whatever it finds at once. */
  readonly behindSinceMs = undefined
  readonly #medium: Medium
  readonly #schedule: Schedule
  readonly #consumer: number
  readonly #positions: Map<Partition, LogPosition>
  readonly #handlers: TailHandlers
  readonly #onClose: () => void

  constructor(options: {
    medium: Medium
    schedule: Schedule
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

export function createMedium(partitionCount: number): Medium {
  const partitions = Array.from({ length: partitionCount }, () => ({
    entries: [],
    trimmed: logStart,
    epoch: 0,
    lease: undefined,
  }))
  return { members: new Map(), snapshots: new Map(), partitions, tails: new Set(), tailsOpened: 0 }
}

export function partitionOf(medium: Medium, partition: Partition): PartitionLog {
  const log = medium.partitions[partition]
  if (log === undefined) throw new RangeError(`There is no partition ${partition}.`)
  return log
}

export function lastOf(log: PartitionLog): LogPosition {
  return log.entries.at(-1)?.position ?? log.trimmed
}

/** @throws RangeError (trimmed) or LogCorrupt (`after` is not a position of this log). */
export function entriesAfter(
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
