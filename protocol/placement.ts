// Placement: which shard process comes first for which partition, and who comes after it. The only
// importer of hash-ring.
//
// A consistent-hash ring (ketama) maps partitions to shard names. Think of a clock face: each shard
// stands at many places of its rim, each partition at one; whoever comes first clockwise from a
// partition is its first choice, the next other one its second, and so on. One shard more or fewer
// moves about 1/N of the partitions and leaves the order of all others as it is. The ring is asked when
// the membership changes; a request only indexes the resulting array.

import HashRing from 'hash-ring'
import type { Partition } from './ids.ts'

/** `placement[partition]` is the name of its first choice. */
export type Placement = readonly string[]

/** `ranking[partition]` has distinct names in ring order, from the first choice on. */
export type Ranking = readonly (readonly string[])[]

/** Rankings that are kept, because the same one is asked for several times a second. */
const rankingsKeptMax = 4

/** Places on the rim for each shard, times the four that each hash gives: ketama's own number. */
const hashesPerShard = 40

const rankingsKept = new Map<string, Ranking>()

/** Throws RangeError where there is no shard to place anything on. */
export function place(shardNames: readonly string[], partitionCount: number): Placement {
  return rank(shardNames, { partitionCount, depth: 1 }).map((names) => names[0] as string)
}

/**
 * The first `depth` shards of each partition in ring order; all of them where there are fewer. The
 * order in which the names are given does not matter. Without a name, the others keep their order.
 * It takes 1 to 4 ms; asked again for the same, it gives the same array at once.
 * Throws RangeError where there is no shard to place anything on.
 */
export function rank(
  shardNames: readonly string[],
  { partitionCount, depth }: { readonly partitionCount: number; readonly depth: number },
): Ranking {
  if (shardNames.length === 0) throw new RangeError('a cluster needs at least one shard')
  const names = [...new Set(shardNames)].sort()
  const size = Math.min(depth, names.length)
  const key = JSON.stringify([partitionCount, size, names])
  const kept = rankingsKept.get(key)
  if (kept !== undefined) return kept
  const ring = makeRing(names)
  const ranking = Array.from({ length: partitionCount }, (_, partition) =>
    ring.range(`partition-${partition}`, size, true),
  )
  const [oldest] = rankingsKept.keys()
  if (oldest !== undefined && rankingsKept.size === rankingsKeptMax) rankingsKept.delete(oldest)
  rankingsKept.set(key, ranking)
  return ranking
}

/** The partitions whose first choice is a shard, in order. */
export function partitionsOf(placement: Placement, shardName: string): Partition[] {
  return placement.flatMap((name, partition) => (name === shardName ? [partition] : []))
}

/**
 * The library works out a shard's number of hashes from its part of all weights, and rounds that
 * down: of 7 or 14 shards each would have 39 of them, and all would move when the seventh joins. A
 * number that is given for a shard is taken as it is, if it is not the default: so the default is
 * another one here.
 */
function makeRing(names: readonly string[]): HashRing {
  const servers = Object.fromEntries(names.map((name) => [name, { vnodes: hashesPerShard }]))
  return new HashRing(servers, 'md5', { 'vnode count': 1, 'max cache size': 1 })
}
