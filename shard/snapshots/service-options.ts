// What the snapshot service needs of its process, and what it tells of itself.

import type { SnapshotName } from '../../protocol/cluster-peers.ts'
import type { Partition } from '../../protocol/ids.ts'
import type { ReplicationLog } from '../replication/log.ts'
import type { LogPosition } from '../replication/position.ts'
import type { CompactorThread } from './compactor-thread.ts'

export type SnapshotServiceOptions = {
  /** The name of this shard. */
  readonly name: string
  readonly cluster: string
  /** Holds the snapshots; other processes of this machine may use the same. */
  readonly directory: string
  /** A snapshot is made after so many entries. */
  readonly snapshotEntries: number
  readonly lookPeriodMs?: number
  /** Where snapshots are made and verified; a test may give one that fails. */
  readonly thread?: Pick<CompactorThread, 'ask' | 'close'>
  readonly log: Pick<ReplicationLog, 'read' | 'head' | 'trim' | 'snapshots'>
  /** Milliseconds; only differences matter. */
  clock(): number
  pause(ms: number): Promise<void>
  /** The partitions whose facts are complete here. */
  hosts(): readonly Partition[]
  /** The last entry applied here. */
  position(partition: Partition): LogPosition
  /** How many entries have been applied here since this process started. */
  appliedCount(partition: Partition): number
  /** Whether it is up to this process to make the snapshots: true on one live host. */
  isSnapshotter(partition: Partition): boolean
  /** Live processes that host the partition, this one included. */
  liveHostCount(partition: Partition): number
  /** The least that any live member has applied. */
  slowestPosition(partition: Partition): LogPosition
  /** `host:port` of a live shard; undefined where it is not live. */
  addressOf(name: string): string | undefined
  /** Copies a snapshot of another shard into a new file. @throws PeerUnavailable: see net/peer.ts. */
  fetchSnapshot(
    address: string,
    wanted: SnapshotName & { path: string; bytesMax: number },
  ): Promise<unknown>
  onError(error: unknown, message: string): void
}

export type SnapshotCounts = {
  readonly made: number
  readonly fetched: number
  readonly corrupt: number
  /** Of the last one made, in milliseconds. */
  readonly lastMs: number
  /** Entries applied since the newest snapshot, by hosted partition. */
  readonly entriesSince: ReadonlyMap<Partition, number>
}
