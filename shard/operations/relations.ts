// Relations: what a reader has to do with users, as flags, for the `viewer` of an answer.
//
// The follows are looked up for all users of an answer at once; the rest only for readers who have asked, muted
// or blocked somebody, or are blocked: nearly nobody.

import { INDEX_LIMIT } from '../state/memory/paged-table.ts'
import { userFlag } from '../state/users/user-flags.ts'
import { waitingRequest } from './following.ts'
import type { View } from './implement.ts'
import { doesBlock, doesMute, isBlockBetween, type UserSight } from './visibility.ts'

/** The flags of a relation, in the order of their bits, as an answer names them. */
export const relationNames = ['following', 'followedBy', 'requested', 'muting', 'blocking']

/** A user's relation to the reader, as flags: the reader follows them, they follow the reader, and so on. */
const [following, followedBy, requested, muting, blocking] = [1, 2, 4, 8, 16]
/** Readers of whom nothing but follows need be looked up have none of these. */
const hasMore = userFlag.asks | userFlag.mutes | userFlag.blocks | userFlag.isBlocked
/** The reader is the user, or nobody: there is nothing to say. */
export const unrelated = 0xff

/** Looks up what the reader has to do with each of the users, whose number is that of `relations`. */
export function findRelations(
  view: View,
  { users, reader }: { users: readonly number[]; reader: number },
  relations: Uint8Array,
): void {
  if (reader < 0) {
    relations.fill(unrelated)
    return
  }
  relations.fill(0)
  markNeighbors(view.followings, { node: reader, users, flag: following }, relations)
  markNeighbors(view.followers, { node: reader, users, flag: followedBy }, relations)
  const isPlain = (view.users.flags.get(reader) & hasMore) === 0
  for (let place = 0; place < users.length; place++) {
    if (users[place] === reader) relations[place] = unrelated
    else if (!isPlain)
      relations[place] = withMore(view, { user: users[place]!, reader }, relations[place]!)
  }
}

/** Adds what is rarely there; across a block nobody follows. */
function withMore(view: View, { user, reader }: UserSight, edges: number): number {
  let relation = edges
  if (isBlockBetween(view, reader, user)) relation = doesBlock(view, reader, user) ? blocking : 0
  else if (waitingRequest(view, { follower: reader, followee: user }) !== 0) relation |= requested
  return doesMute(view, reader, user) ? relation | muting : relation
}

/**
 * Sets a flag for each of the users who is a neighbor of the node.
 *
 * A search for one neighbor decodes half a block; so where the list is not much longer than a block for
 * each user, it is decoded once and searched for all of them.
 */
function markNeighbors(
  graph: Pick<View['followings'], 'degree' | 'has' | 'copyTo'>,
  { node, users, flag }: { node: number; users: readonly number[]; flag: number },
  relations: Uint8Array,
): void {
  const degree = graph.degree(node)
  if (degree === 0) return
  if (degree > Math.min(users.length * decodedPerUserMax, neighbors.length)) {
    for (let place = 0; place < users.length; place++) {
      if (graph.has(node, users[place]!)) relations[place]! |= flag
    }
    return
  }
  const count = graph.copyTo(node, { from: 0, to: INDEX_LIMIT }, neighbors)
  for (let place = 0; place < users.length; place++) {
    if (isAmong(neighbors, count, users[place]!)) relations[place]! |= flag
  }
}

/** Neighbors that are decoded, for each user looked for, rather than searched: about as fast at this number. */
const decodedPerUserMax = 48
const neighbors = new Uint32Array(2_048)

/** Whether a value is among the first `count`, which ascend. */
function isAmong(values: Uint32Array, count: number, value: number): boolean {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < value) low = middle + 1
    else high = middle
  }
  return low < count && values[low] === value
}
