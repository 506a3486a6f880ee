// The page /digests of a shard's admin port: what it knows, in a form that two shards can be compared by.

import { formatPosition } from './replication/position.ts'
import type { Shard } from './shard.ts'
import { digestOf } from './snapshots/digest.ts'

/**
 * What is known of each hosted partition, as JSON: for a comparison with another host at the same entry.
 * Others run between one partition and the next.
 */
export async function showDigests(
  shard: Pick<Shard, 'state' | 'follower' | 'hosting'>,
  pause: (ms: number) => Promise<void>,
): Promise<string> {
  const { state, follower } = shard
  const position: Record<number, string> = {}
  const digest: Record<number, string> = {}
  const role: Record<number, string> = {}
  for (const { partition, isServing } of [...shard.hosting()]) {
    position[partition] = formatPosition(follower.position(partition))
    digest[partition] = digestOf(state, partition, { slice: 0, slices: 1 })
    role[partition] = isServing ? 'primary' : 'replica'
    await pause(0)
  }
  return JSON.stringify({ position, digest, role })
}
