// What the write path of a partition needs from the rest of the shard, and what it is given to do.

import type { Partition } from '../protocol/ids.ts'
import type { Claim, DecideContext, Handler, No } from './operations/implement.ts'
import type { AppendOutcome, LogEntry, ReplicationLog } from './replication/log.ts'
import type { LogPosition } from './replication/position.ts'

export type AnyWriteHandler = Extract<Handler, { kind: 'write' }>
export type AnyEvent = Parameters<AnyWriteHandler['apply']>[1]

/**
 * One write request on its way. Exactly one of `answered`, `denied` and `notServed` is called, once; where `answered`
 * throws, `denied` is called behind it.
 */
export type Write = {
  readonly handler: AnyWriteHandler
  readonly context: DecideContext
  readonly params: Parameters<AnyWriteHandler['decide']>[2]
  /** Writes the answer. */
  answered(event: AnyEvent | undefined): void
  /** Called before the event is applied, where the answer has to show what it takes away. */
  applying(): void
  /** There is nothing to log, with the reason. */
  denied(no: No): void
  /** It was surely not carried out: whoever serves the partition may be asked. */
  notServed(): void
}

/** A write whose event waits for the log. */
export type Decided = {
  readonly write: Write
  readonly event: AnyEvent
  readonly payload: Uint8Array
  readonly keys: readonly Claim[]
}

export type PrimaryPorts = {
  readonly log: ReplicationLog
  /** Who takes the leases: this process and no other one, also not an earlier one of its name. */
  readonly node: string
  readonly leaseMs: number
  /** A digest of the state follows after so many entries. */
  readonly digestEveryEntries: number
  /** Runs a task after the current event-loop turn: what was decided in it shares one append. */
  defer(task: () => void): void
  /** Runs a task that writes: at once, or when this process is not too far behind the others for it. */
  whenNear(task: () => void): void
  pause(ms: number): Promise<void>
  decide(write: Write): ReturnType<AnyWriteHandler['decide']>
  apply(handler: AnyWriteHandler, event: AnyEvent, payload: Uint8Array): void
  /** Applies entries of the log, but for those that have been applied already; none where they do not go on from here. */
  applyEntries(partition: Partition, entries: readonly LogEntry[]): void
  /** The last position applied here, and where to note a new one. */
  position(partition: Partition): LogPosition
  applied(partition: Partition, position: LogPosition): void
  /** The entries of a partition are applied by its primary from this position on, */
  own(partition: Partition, position: LogPosition): void
  /** and by the tail of the log again, from where it stands. */
  disown(partition: Partition): void
  lastIssuedId(partition: Partition): number
  /** Whether the lease cannot have run out yet. */
  isLeaseSafe(partition: Partition): boolean
  /** A lease is about to be asked for. @returns what to call when it was granted. */
  leaseAsked(): (partition: Partition) => void
  /** The payload of a digest entry for the state as it is now. */
  digest(partition: Partition): Uint8Array
  /** @returns what to call with the outcome when the log has answered. */
  appendStarted(entries: number): (outcome: AppendOutcome) => void
  /** The partition is served again, or no longer. */
  onChange(): void
  onError(error: unknown, message: string): void
}
