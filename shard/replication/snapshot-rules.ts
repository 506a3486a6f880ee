// The rules of the snapshot registry, as plain functions over the records of one partition.
//
// The registries in this process (memory, embedded) keep what these give; lua/record-snapshot.lua and
// lua/forget-snapshot.lua say the same for Redis.

import { comparePositions, type LogPosition } from './position.ts'
import {
  type RecordedSnapshot,
  type SnapshotRecord,
  snapshotsKeptMax,
} from './snapshot-registry.ts'

/**
 * The records once `holder` has a verified copy, newest first. Two copies of one snapshot are equal byte
 * by byte; where another version of this program wrote other bytes, the copies with the earlier ones
 * count no longer.
 */
export function withRecord(
  records: readonly RecordedSnapshot[],
  { position, bytes, sha256 }: SnapshotRecord,
  holder: string,
): RecordedSnapshot[] {
  const isSame = (record: RecordedSnapshot) => comparePositions(record.position, position) === 0
  const earlier = records.find((record) => isSame(record) && record.sha256 === sha256)
  const holders = [...new Set([...(earlier?.holders ?? []), holder])].sort()
  return [...records.filter((record) => !isSame(record)), { position, bytes, sha256, holders }]
    .sort((left, right) => comparePositions(right.position, left.position))
    .slice(0, snapshotsKeptMax)
}

/** The records once a copy is gone. A snapshot that nobody holds is none. */
export function withoutHolder(
  records: readonly RecordedSnapshot[],
  position: LogPosition,
  holder: string,
): RecordedSnapshot[] {
  return records.flatMap((record) => {
    if (comparePositions(record.position, position) !== 0) return [record]
    const holders = record.holders.filter((name) => name !== holder)
    return holders.length === 0 ? [] : [{ ...record, holders }]
  })
}
