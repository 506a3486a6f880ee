// The replication log: the port between a shard and whatever keeps its writes.
//
// One ordered log of entries per partition is at once the durability, the replication and the
// fan-out bus: the primary of a partition appends, every shard process tails. An entry is opaque
// bytes here. Implementations: embedded.ts (LMDB, one machine) and redis.ts (Redis Streams); both
// pass the suite in test/contract/log-contract.ts, which is the exact meaning of this page.
//
// A position is `<epoch>-<sequence>`. The epoch is the reign of one primary: each successful
// `acquire` starts the next one and writes a barrier at sequence 1, so that nobody who reigned
// before can append behind it. The primary's first entry of an epoch has sequence 2. Inside an
// epoch the sequences have no hole; a barrier names the position before it: so a reader who checks
// both can prove that it missed nothing.

import type { Partition } from '../../protocol/ids.ts'
import type { MemberRegistry } from './members.ts'
import type { LogPosition } from './position.ts'
import type { SnapshotRegistry } from './snapshot-registry.ts'

export type LogEntry = {
  readonly position: LogPosition
  /** The position of the entry before this one: `logStart` for the first. */
  readonly previous: LogPosition
  /** Empty for a barrier. Valid until the next event-loop turn: copy what is kept. */
  readonly payload: Uint8Array
  readonly isBarrier: boolean
}

export type Lease =
  | {
      readonly outcome: 'granted'
      readonly epoch: number
      /** The last entry before the new barrier: read up to it before serving. */
      readonly last: LogPosition
    }
  | { readonly outcome: 'held'; readonly holder: string; readonly remainingMs: number }

export type AppendRequest = {
  readonly partition: Partition
  readonly node: string
  readonly epoch: number
  /** The last position that this primary knows: the barrier (sequence 1) or its own last entry. */
  readonly previous: LogPosition
  readonly payloads: readonly Uint8Array[]
}

/**
 * What became of an append. Entries get the sequences after `previous.sequence` in order.
 *   appended   durable, as far as the setting promises
 *   duplicate  an earlier attempt with these positions landed: as good as appended
 *   fenced     a later epoch exists: this process is no longer primary and nothing was written
 *   no-lease   the lease ran out, or was never held: nothing was written
 *   gap        the log does not end at `previous`: nothing was written; `last` says where it ends
 */
export type AppendResult =
  | { readonly outcome: 'appended' | 'duplicate'; readonly last: LogPosition }
  | { readonly outcome: 'fenced' | 'no-lease' }
  | { readonly outcome: 'gap'; readonly last: LogPosition }

/** What can be counted of appends: `unavailable` is one that came to nothing, or nobody knows. */
export type AppendOutcome = AppendResult['outcome'] | 'unavailable'

/** Thrown (or rejected with) when the log's medium cannot be reached or written: retry later. */
export class LogUnavailable extends Error {
  override readonly name: string = 'LogUnavailable'
}

/** The medium was not asked, or said no: nothing of this call was written, for certain. */
export class LogRefused extends LogUnavailable {
  override readonly name = 'LogRefused'
}

/** Thrown when what was read cannot be what was written. Says the path and the position. */
export class LogCorrupt extends Error {
  override readonly name = 'LogCorrupt'
}

export type TailHandlers = {
  /** Entries of one partition in order, without a hole, each exactly once. Synchronous. */
  onEntries(partition: Partition, entries: readonly LogEntry[]): void
  /** The tail stops for good: corruption, or a position that was trimmed away. */
  onError(error: Error): void
}

export interface Tail {
  /** The position of the last entry handed over. */
  position(partition: Partition): LogPosition
  /**
   * Since when (of `performance.now()`) the oldest entries wait that were found and not handed over yet; undefined
   * where none do.
   */
  readonly behindSinceMs: number | undefined
  close(): Promise<void>
}

export type LogDescription = {
  /** Hosts and ports; never a password. */
  readonly where: string
  readonly facts: Readonly<Record<string, string | number>>
}

export interface ReplicationLog {
  /** Who else there is. */
  readonly members: MemberRegistry
  /** From where a partition can be recovered when its log has been trimmed. */
  readonly snapshots: SnapshotRegistry
  /**
   * Takes the lease of a partition, raises its epoch and writes the barrier. The holder itself may
   * acquire again (it gets a new epoch); anybody else is refused until the lease has run out.
   * `minEpoch` is the highest epoch the caller has ever seen: the new one is larger.
   */
  acquire(request: {
    partition: Partition
    node: string
    ttlMs: number
    minEpoch: number
  }): Promise<Lease>
  /** Prolongs leases. @returns those of the given partitions that are no longer held. */
  renew(request: {
    node: string
    ttlMs: number
    leases: readonly { partition: Partition; epoch: number }[]
  }): Promise<readonly Partition[]>
  /** Gives a lease back at once, so that a successor need not wait. A lost lease is ignored. */
  release(request: { partition: Partition; node: string; epoch: number }): Promise<void>
  /**
   * One batch; several appends of one partition are never in flight together. Where it rejects with
   * LogUnavailable the entries may have landed or not: the same append, made again, tells.
   */
  append(request: AppendRequest): Promise<AppendResult>
  /** The last position of a partition's log, as durable at the time of the call. */
  head(partition: Partition): Promise<LogPosition>
  /** Up to `limit` entries after a position. Throws RangeError where that position was trimmed. */
  read(request: {
    partition: Partition
    after: LogPosition
    limit: number
  }): Promise<readonly LogEntry[]>
  /** Follows all the given partitions, each from after its position, until closed. */
  tail(from: ReadonlyMap<Partition, LogPosition>, handlers: TailHandlers): Tail
  /** Removes the entries up to and including this position, but never the last one of a log. */
  trim(partition: Partition, upTo: LogPosition): Promise<void>
  /** Proves by a round trip that the log can be read and written now. */
  probe(): Promise<void>
  /** What keeps the log says of itself, for operators; left out where it has nothing to say. */
  describe?(): Promise<LogDescription>
  close(): Promise<void>
}
