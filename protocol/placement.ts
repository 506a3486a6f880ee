// Placement: which shard process is the primary of which partition. The only importer of hash-ring.
//
// A consistent-hash ring (ketama) maps partitions to shard names: one shard more or fewer moves about
// 1/N of the partitions and leaves the others where they are. The ring is asked once for each
// partition when the membership changes; a request only indexes the resulting array.

import HashRing from 'hash-ring'
import type { Partition } from './ids.ts'

/** `placement[partition]` is the name of its primary. */
export type Placement = readonly string[]

/** Throws RangeError where there is no shard to place anything on. */
export function place(shardNames: readonly string[], partitionCount: number): Placement {
  if (shardNames.length === 0) throw new RangeError('a cluster needs at least one shard')
  const ring = new HashRing([...shardNames].sort(), 'md5', {
    'max cache size': 1,
  })
  return Array.from({ length: partitionCount }, (_, partition) =>
    ring.get(`partition-${partition}`),
  )
}

/** The partitions that a shard is the primary of, in order. */
export function partitionsOf(placement: Placement, shardName: string): Partition[] {
  return placement.flatMap((name, partition) => (name === shardName ? [partition] : []))
}
