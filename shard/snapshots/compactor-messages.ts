// What the main thread and the compaction worker say to each other: a request, then its answer.

import type { Partition } from '../../protocol/ids.ts'
import type { LogPosition } from '../replication/position.ts'
import type { SnapshotRecord } from '../replication/snapshot-registry.ts'

/** Which file, and what it has to be. */
export type FileToVerify = {
  readonly path: string
  readonly cluster: string
  readonly partition: Partition
  readonly position: LogPosition
}

export type MadeSnapshot = SnapshotRecord & { readonly digest: string }

export type CompactorRequest =
  /** Starts a fresh state, from an earlier snapshot where there is one. */
  | {
      readonly kind: 'begin'
      readonly cluster: string
      readonly partition: Partition
      readonly base: FileToVerify | undefined
    }
  /** Applies payloads of the log, which stand back to back in `bytes`. */
  | { readonly kind: 'entries'; readonly lengths: Uint32Array; readonly bytes: Uint8Array }
  /** Writes the state, which stands at `position` now, to a new file, and verifies that. */
  | { readonly kind: 'finish'; readonly path: string; readonly position: LogPosition }
  | { readonly kind: 'verify'; readonly file: FileToVerify }

export type CompactorResults = {
  readonly begin: undefined
  readonly entries: undefined
  readonly finish: MadeSnapshot
  readonly verify: SnapshotRecord
}
