// All edges of a follow graph, each counted once: to ask for every list puts in what still waits for it.

import type { ShardState } from '../../shard/state/shard-state.ts'

/** @returns how many edges lead to followers, and how many to followings */
export function edgesOf({ users, followers, followings }: ShardState): [number, number] {
  const edges: [number, number] = [0, 0]
  for (let user = 0; user < users.index.indexEnd; user++) {
    edges[0] += followers.degree(user)
    edges[1] += followings.degree(user)
  }
  return edges
}
