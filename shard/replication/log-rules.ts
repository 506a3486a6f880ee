// The rules of the replication log, as plain functions over plain values.
//
// Whoever keeps a log in this process (memory.ts, embedded-store.ts) asks these functions what to
// answer, inside whatever makes its check and its write one step. The order of the tests is the
// protocol; the Redis scripts say the same in Lua. No I/O, no clock: the time is an argument.

import type { Partition } from '../../protocol/ids.ts'
import { type AppendRequest, type AppendResult, LogCorrupt, type LogEntry } from './log.ts'
import { comparePositions, formatPosition, type LogPosition } from './position.ts'

/** A lease as it is kept: it ends when the wall clock reaches `expiresAtMs`. */
export type LeaseRecord = {
  readonly node: string
  readonly epoch: number
  readonly expiresAtMs: number
}

export type LeaseClaim = { readonly node: string; readonly epoch: number }

/** Whether this process reigns now: the lease runs and carries both its name and its epoch. */
export function isHeldBy(
  lease: LeaseRecord | undefined,
  claim: LeaseClaim,
  nowMs: number,
): lease is LeaseRecord {
  return (
    lease !== undefined &&
    lease.node === claim.node &&
    lease.epoch === claim.epoch &&
    lease.expiresAtMs > nowMs
  )
}

/** The lease that keeps `node` out now, or undefined where `node` may acquire. */
export function leaseInTheWay(
  lease: LeaseRecord | undefined,
  { node, nowMs }: { node: string; nowMs: number },
): LeaseRecord | undefined {
  if (lease === undefined || lease.node === node || lease.expiresAtMs <= nowMs) return undefined
  return lease
}

/** The epoch after every epoch that anybody has seen: the counter, the log, and the caller. */
export function nextEpoch(seen: { counter: number; last: LogPosition; minEpoch: number }): number {
  return Math.max(seen.counter, seen.last.epoch, seen.minEpoch) + 1
}

/** @throws RangeError where the request could not come from a correct primary. */
export function checkAppendRequest(request: AppendRequest): void {
  const { epoch, previous, payloads } = request
  if (payloads.length === 0) throw new RangeError('An append needs at least one payload.')
  if (previous.epoch !== epoch || previous.sequence < 1) {
    throw new RangeError(
      `An append of epoch ${epoch} must follow the barrier or an entry of that epoch, ` +
        `not ${formatPosition(previous)}.`,
    )
  }
}

/**
 * What becomes of an append to a log that ends at `last`. The order matters: a stale epoch is told
 * first, because nothing else is of interest to who has it; a duplicate comes before the lease,
 * so that a retry after a lost answer hears the truth also when the lease is gone.
 * @returns the answer, or undefined where the entries are to be written now.
 */
export function refuseAppend(
  request: AppendRequest,
  { last, lease, nowMs }: { last: LogPosition; lease: LeaseRecord | undefined; nowMs: number },
): AppendResult | undefined {
  const end = endOfAppend(request)
  if (last.epoch > request.epoch) return { outcome: 'fenced' }
  if (last.epoch === request.epoch && last.sequence >= end.sequence) {
    return { outcome: 'duplicate', last: end }
  }
  if (!isHeldBy(lease, request, nowMs)) return { outcome: 'no-lease' }
  if (comparePositions(last, request.previous) !== 0) return { outcome: 'gap', last }
  return undefined
}

/** The position of the last entry of an append. */
export function endOfAppend({ epoch, previous, payloads }: AppendRequest): LogPosition {
  return { epoch, sequence: previous.sequence + payloads.length }
}

/**
 * Whether `entry` is the one after `position`. Inside an epoch the sequences count; the first entry
 * of an epoch is its barrier and names what came before.
 */
export function follows(entry: LogEntry, position: LogPosition): boolean {
  if (comparePositions(entry.previous, position) !== 0) return false
  if (entry.isBarrier) return entry.position.epoch > position.epoch && entry.position.sequence === 1
  return (
    entry.position.epoch === position.epoch && entry.position.sequence === position.sequence + 1
  )
}

/** The failure of a reader whose position lies before what is still there. */
export function trimmedAway(
  partition: Partition,
  { after, trimmed }: { after: LogPosition; trimmed: LogPosition },
): RangeError {
  return new RangeError(
    `The log of partition ${partition} no longer has the entries after ${formatPosition(after)}: ` +
      `it was trimmed up to ${formatPosition(trimmed)}.`,
  )
}

/** The failure of a reader who finds an entry that does not follow the one before. */
export function holeAfter(
  where: string,
  { after, found }: { after: LogPosition; found: LogEntry },
): LogCorrupt {
  return new LogCorrupt(
    `${where}: after ${formatPosition(after)} comes ${formatPosition(found.position)}, which ` +
      `says that it follows ${formatPosition(found.previous)}: entries are missing.`,
  )
}
