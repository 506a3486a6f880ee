// An edge costs a look at two tables in `decide` and a change of two lists in `apply`, on the primary; so
// neither makes an object for it. What is decided is at most one batch for each partition at a time: while
// it is not durable, nobody else decides about a follow of these users.

import {
  BatchError,
  countFollows,
  FollowBatchReader,
  FollowBatchWriter,
} from '../../protocol/batches.ts'
import { failure } from '../../protocol/errors.ts'
import type { Partition } from '../../protocol/ids.ts'
import { partitionOfId } from '../../protocol/ids.ts'
import { importFollowsMax } from '../../protocol/limits.ts'
import { importFollows } from '../../protocol/operations/import-follows.ts'
import { userFlag } from '../state/users/user-flags.ts'
import { findUserById } from './find.ts'
import type { No, View } from './implement.ts'
import { allFollowsOf, implementWrite } from './implement.ts'
import { isBlockBetween } from './visibility.ts'

const reader = new FollowBatchReader()
const writer = new FollowBatchWriter()
/** Whether each follow of the present follower is new. */
const isNew = new Uint8Array(importFollowsMax)

export const importFollowsHandler = implementWrite(importFollows, {
  claims: (_context, { partition }) => [allFollowsOf(partition)],

  decide(view, _context, { partition, follows }) {
    try {
      writer.reset()
      const looked = onlyNew(view, { partition, follows })
      if (typeof looked !== 'number') return looked
      return looked === 0
        ? { kind: 'unchanged' }
        : { kind: 'committed', event: { partition, follows: writer.copy() } }
    } catch (error) {
      if (!(error instanceof BatchError)) throw error
      const message = `follows ${error.message}`
      return { kind: 'failed', error: failure('bad_request', { message, field: 'follows' }) }
    }
  },

  apply(state, { follows }) {
    reader.open(follows)
    while (reader.next()) state.followMany(reader.followerId, reader.followees, reader.count)
    return 0
  },

  answer(_view, _context, { event }, answer) {
    answer.map(1)
    answer.text('added')
    answer.integer(event === undefined ? 0 : countFollows(reader, event.follows))
  },
})

/** Writes the follows that are not there yet. @returns how many; or why none of them may be taken */
function onlyNew(
  view: View,
  given: { readonly partition: Partition; readonly follows: Uint8Array },
): number | No<'elsewhere'> {
  let total = 0
  reader.open(given.follows)
  while (reader.next()) {
    const { followerId, followees, count } = reader
    if (partitionOfId(followerId) !== given.partition) {
      return { kind: 'refused', code: 'elsewhere' }
    }
    const follower = findUserById(view, followerId, 'follows')
    if (typeof follower !== 'number') return follower
    const added = markNew(view, follower)
    if (typeof added !== 'number') return added
    total += added
    if (added === 0) continue
    writer.begin(followerId, added)
    for (let place = 0; place < count; place++) {
      if (isNew[place] === 1) writer.add(followees[place]!)
    }
  }
  return total
}

/** Marks which of the reader's present follows are new. @returns how many, or that somebody is unknown */
function markNew(view: View, follower: number): number | No<never> {
  const { followees, count } = reader
  const { followings } = view
  const followsNobody = followings.degree(follower) === 0
  const hasBlocks = (view.users.flags.get(follower) & (userFlag.blocks | userFlag.isBlocked)) !== 0
  let added = 0
  for (let place = 0; place < count; place++) {
    const followee = findUserById(view, followees[place]!, 'follows')
    if (typeof followee !== 'number') return followee
    const isOneMore =
      followee !== follower &&
      (followsNobody || !followings.has(follower, followee)) &&
      !(hasBlocks && isBlockBetween(view, follower, followee))
    isNew[place] = isOneMore ? 1 : 0
    if (isOneMore) added++
  }
  return added
}
