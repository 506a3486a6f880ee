// Whether a snapshot is the one that its name says.

import { comparePositions, formatPosition, type LogPosition } from '../replication/position.ts'
import { SnapshotCorrupt } from './snapshot-chunks.ts'
import type { SnapshotHeader } from './snapshot-file.ts'

/** @throws SnapshotCorrupt where the file at `path` holds the entries up to another position. */
export function checkPosition(
  { position: found }: SnapshotHeader,
  { path, position }: { path: string; position: LogPosition },
): void {
  if (comparePositions(found, position) === 0) return
  throw new SnapshotCorrupt(
    `${path}: it holds the entries up to ${formatPosition(found)}, not ${formatPosition(position)}.`,
  )
}
