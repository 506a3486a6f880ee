// Reads and writes timeline rings as a shard does, for their tests.
import type { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'

export const nothingNewer = Number.MAX_SAFE_INTEGER

/** A page of a ring, newest first. */
export function page(
  rings: TimelineRings,
  owner: number,
  before = nothingNewer,
  limit = 2000,
): number[] {
  const out = new Float64Array(limit)
  rings.settle(owner)
  return [...out.subarray(0, rings.readBefore(owner, { before, limit }, out))]
}

/** Delivers a tweet as a shard does. @returns how many rings have taken it, or will */
export function deliver(
  rings: TimelineRings,
  owners: Uint32Array,
  { from = 0, to = owners.length, id }: { from?: number; to?: number; id: number },
): number {
  return rings.deliver(owners, { from, to }, { id, isNewest: rings.announce(id) })
}
