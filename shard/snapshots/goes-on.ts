// Whether a log goes on from a snapshot: it may have been trimmed beyond it, or Redis has come back without
// what the snapshot holds. Who recovers asks, and who makes the next snapshot out of it.

import type { Partition } from '../../protocol/ids.ts'
import { LogCorrupt, type ReplicationLog } from '../replication/log.ts'
import { comparePositions, formatPosition, type LogPosition } from '../replication/position.ts'

/**
 * Looks whether the log has everything after a position, and the position itself.
 * @returns undefined where it does, else why not. @throws LogUnavailable
 */
export async function whyNotOn(
  log: Pick<ReplicationLog, 'read' | 'head'>,
  { partition, position }: { partition: Partition; position: LogPosition },
): Promise<Error | undefined> {
  try {
    const next = await log.read({ partition, after: position, limit: 1 })
    if (next.length > 0) return undefined
    const head = await log.head(partition)
    if (comparePositions(head, position) >= 0) return undefined
    return new RangeError(
      `The log of partition ${partition} ends at ${formatPosition(head)}, before ${formatPosition(position)}.`,
    )
  } catch (error) {
    // Trimmed beyond it, or a failover took back what the snapshot holds: an answer, not a failure.
    if (error instanceof RangeError || error instanceof LogCorrupt) return error
    throw error
  }
}
