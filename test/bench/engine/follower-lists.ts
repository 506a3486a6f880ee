// Follower lists for the delivery measures: plain arrays for the bare loop, and the same in a graph.

import { randomFrom } from '../graphs.ts'

/** Lists laid end to end: list n is `followers[starts[n]]` up to, not including, `starts[n + 1]`. */
export type FollowerLists = { readonly followers: Uint32Array; readonly starts: Uint32Array }

/** The longest list has at most so many times the mean. */
const longestMeans = 20

/**
 * Lists of distinct users, each ascending and spread over all users. Lengths differ: many short ones, a few
 * that are ten times the mean (exponential).
 * @param options `indexes`: whom to choose from, dense indexes
 */
export function makeFollowerLists(
  indexes: Uint32Array,
  { lists, meanLength }: { readonly lists: number; readonly meanLength: number },
): FollowerLists {
  const random = randomFrom(11)
  const starts = new Uint32Array(lists + 1)
  const followers: number[] = []
  for (let list = 0; list < lists; list++) {
    const drawn = -Math.log(1 - random.unit()) * meanLength
    const length = Math.min(
      Math.max(1, Math.round(drawn)),
      meanLength * longestMeans,
      indexes.length,
    )
    const chosen = new Set<number>()
    while (chosen.size < length) chosen.add(indexes[random.below(indexes.length)]!)
    for (const follower of Uint32Array.from(chosen).sort()) followers.push(follower)
    starts[list + 1] = followers.length
  }
  return { followers: Uint32Array.from(followers), starts }
}
