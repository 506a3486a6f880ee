// The tags by which a run's trends are known: no other run on the same server has used them, so nobody can say that
// they are usual. Pure.

import type { World } from '../oracle/oracle.ts'

/** So many that some are used by hardly enough people. */
const risingCount = 12

/** @returns `rising`: for everybody's tweets; `inner`: for those of protected accounts alone */
export function tagsOfRun(world: World): {
  readonly rising: readonly string[]
  readonly inner: string
} {
  // Of two runs, no two users have the same handle.
  const [first] = world.users.values()
  const run = first!.handle.toLowerCase()
  const rising = Array.from({ length: risingCount }, (_, number) => `rise${number}_${run}`)
  return { rising, inner: `inner_${run}` }
}
