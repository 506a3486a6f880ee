// The snapshot registry: which verified snapshots of a partition exist, and who has a copy.
//
// A snapshot is recorded only after it was read back and found to be right. What is recorded here decides
// up to where a log may be trimmed, so a record is never made in advance.

import type { Partition } from '../../protocol/ids.ts'
import type { LogPosition } from './position.ts'

export type SnapshotRecord = {
  /** The last entry that it holds. */
  readonly position: LogPosition
  readonly bytes: number
  /** Of the whole file, in hex. */
  readonly sha256: string
}

export type RecordedSnapshot = SnapshotRecord & {
  /** The names of the shards that have a verified copy. */
  readonly holders: readonly string[]
}

/** Records of a partition that are kept; older ones are forgotten. */
export const snapshotsKeptMax = 3

export interface SnapshotRegistry {
  /** Notes that `holder` has a verified copy. The oldest records beyond `snapshotsKeptMax` go. */
  record(partition: Partition, snapshot: SnapshotRecord, holder: string): Promise<void>
  /** Newest first. */
  list(partition: Partition): Promise<readonly RecordedSnapshot[]>
  /** A copy that turned out to be damaged or gone counts no longer. */
  forget(partition: Partition, position: LogPosition, holder: string): Promise<void>
}
