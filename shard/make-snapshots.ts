// The snapshot service of a process, wired to the parts that it asks.

import { join } from 'node:path'
import type { Membership } from './placement/membership.ts'
import { isSnapshotter } from './placement/roles.ts'
import type { ReplicationLog } from './replication/log.ts'
import type { ShardSettings } from './settings.ts'
import type { Shard } from './shard.ts'
import { SnapshotService } from './snapshots/service.ts'
import type { SnapshotServiceOptions } from './snapshots/service-options.ts'

export function makeSnapshots(parts: {
  readonly settings: ShardSettings
  readonly replication: ReplicationLog
  readonly membership: Membership
  readonly peers: Pick<SnapshotServiceOptions, 'fetchSnapshot'>
  /** It is there by the time it is asked for. */
  shard(): Shard
  pause(ms: number): Promise<void>
  onError(error: unknown, message: string): void
}): SnapshotService {
  const { settings, replication, membership, peers, shard, pause, onError } = parts
  return new SnapshotService({
    name: settings.name,
    cluster: settings.clusterName,
    directory: join(settings.dataDirectory, 'snapshots'),
    log: replication,
    snapshotEntries: settings.snapshotEntries,
    hosts: () => shard().status().hosted,
    position: (partition) => shard().follower.position(partition),
    appliedCount: (partition) => shard().follower.appliedCount(partition),
    isSnapshotter: (partition) => isSnapshotter(membership.view, partition),
    liveHostCount: (partition) => membership.liveHostCount(partition),
    slowestPosition: (partition) => membership.slowestPosition(partition),
    addressOf: (name) => membership.addresses[name],
    pause,
    fetchSnapshot: (address, wanted) => peers.fetchSnapshot(address, wanted),
    clock: () => performance.now(),
    onError,
  })
}
