// Graphs for swarms: made up, a window at a time, the same for the same seed.

import type { Edges, EdgeWindow } from '../import/edges.ts'
import type { Random } from '../std/random.ts'

const windowEdges = 64 * 1024

export type EvenSize = {
  readonly nodes: number
  readonly followsEach: number
  /** The first node that is followed: those before it are readers only. */
  readonly followedFrom?: number
}

/** Everybody follows `followsEach` different others, by chance: so all have about as many followers. */
export function evenEdges(random: Random, size: EvenSize): Edges {
  const { nodes, followedFrom = 0 } = size
  const followed = nodes - followedFrom
  const followsEach = Math.min(size.followsEach, followed - 1)
  return { estimate: nodes * followsEach, windows: windowsOf(pairs()) }

  function* pairs(): Iterable<readonly [number, number]> {
    for (let node = 0; node < nodes; node++) {
      const chosen = new Set<number>()
      while (chosen.size < followsEach) {
        const other = followedFrom + random.below(followed)
        if (other !== node) chosen.add(other)
      }
      for (const other of chosen) yield [node, other]
    }
  }
}

/** Puts pairs into windows, each of which holds until the next one is asked for. */
export function* windowsOf(pairs: Iterable<readonly [number, number]>): Iterable<EdgeWindow> {
  const window = {
    from: new Float64Array(windowEdges),
    to: new Float64Array(windowEdges),
    count: 0,
  }
  for (const [from, to] of pairs) {
    window.from[window.count] = from
    window.to[window.count++] = to
    if (window.count < windowEdges) continue
    yield window
    window.count = 0
  }
  yield window
}
