// Lists and moments, as operations find, follow and make them: what is the same for both kinds.
//
// Who may not see a collection is told that there is none: a private one is its owner's alone, and of any other
// the rule is that for what its owner writes (visibility.ts). So a block, or an account that becomes protected,
// hides them as well, also from those who follow them.

import { failure } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import {
  collectionsFollowedMax,
  collectionsOwnedMax,
  forgottenAtOnceMax,
} from '../../protocol/limits.ts'
import type { Collection, CollectionKind } from '../state/collections.ts'
import { markKind } from '../state/marks.ts'
import type { ShardState } from '../state/shard-state.ts'
import { isHeardOf } from './find.ts'
import type { Context, No, View } from './implement.ts'
import { mayReadUser } from './visibility.ts'

export type Named = { readonly kind: CollectionKind; readonly id: number }

/** In which marks of its follower a collection stands. */
export const followMark: Readonly<Record<CollectionKind, string>> = {
  list: markKind.followedLists,
  moment: markKind.followedMoments,
}

export function mayReadCollection(view: View, reader: number, collection: Collection): boolean {
  const { owner, isPrivate } = collection
  return owner === reader || (!isPrivate && mayReadUser(view, { reader, user: owner }))
}

/** A collection that the reader may see, or why there is none. */
export function findCollection(
  view: View,
  reader: number,
  { kind, id }: Named,
): Collection | No<never> {
  const field = `${kind}Id`
  const collection = view.collections.find(kind, id)
  if (collection === undefined) return { kind: 'absent', partition: partitionOfId(id), field }
  if (mayReadCollection(view, reader, collection)) return collection
  return { kind: 'failed', error: failure('not_found', { field }) }
}

/** One of the actor's own, or why they cannot change it. */
export function findOwnCollection(view: View, actor: number, named: Named): Collection | No<never> {
  const collection = findCollection(view, actor, named)
  if (isNo(collection) || collection.owner === actor) return collection
  return { kind: 'failed', error: failure('forbidden', { field: `${named.kind}Id` }) }
}

/** Tells what was found from the reason why there is nothing. */
export function isNo(found: Collection | No<never>): found is No<never> {
  return !('items' in found)
}

/** What decides about a collection claims it. */
export function claimOf(id: number): string {
  return `collection ${id}`
}

/** Whether the actor has as many of a kind as one may have. */
export function tooManyOwned(
  view: View,
  actor: number,
  kind: CollectionKind,
): No<never> | undefined {
  if (view.collections.owned(kind).length(actor) < collectionsOwnedMax) return undefined
  const message = `One user has at most ${collectionsOwnedMax} ${kind}s.`
  return { kind: 'failed', error: failure('too_large', { message }) }
}

// ---------------------------------------------------------------------------------------------- following

/** What a new follow of the collection takes with it; undefined for one that is there, or why there can be none. */
export function mayFollowCollection(
  view: View,
  actor: number,
  named: Named,
): { readonly goneIds?: readonly number[] } | undefined | No<'cannot_follow_own'> {
  const collection = findCollection(view, actor, named)
  if (isNo(collection)) return collection
  if (collection.owner === actor) return { kind: 'refused', code: 'cannot_follow_own' }
  const followed = view.marks(followMark[named.kind])
  if (followed.has(actor, named.id)) return undefined
  if (followed.length(actor) < collectionsFollowedMax) return {}
  // What was deleted gives its place away.
  const goneIds = goneCollections(view, actor, named.kind)
  if (goneIds.length > 0) return { goneIds }
  return { kind: 'failed', error: failure('too_large', { field: `${named.kind}Id` }) }
}

/** Some of those that the actor follows and that were deleted: no list of collections shows them. */
function goneCollections(view: View, actor: number, kind: CollectionKind): readonly number[] {
  const followed = view.marks(followMark[kind])
  const count = followed.length(actor)
  const gone: number[] = []
  for (let place = 0; place < count && gone.length < forgottenAtOnceMax; place++) {
    const id = followed.at(actor, place)
    if (view.collections.find(kind, id) === undefined && isHeardOf(view, id)) gone.push(id)
  }
  return gone
}

type Followed = Named & { readonly actorId: UserId; readonly goneIds?: readonly number[] }

export function followCollection(state: ShardState, followed: Followed): void {
  const { kind, id, actorId, goneIds = [] } = followed
  for (const goneId of goneIds) unfollowCollection(state, { kind, id: goneId, actorId })
  state.collections.countFollower(id, 1)
  if (state.isHosted(actorId)) {
    state.marked.add(followMark[kind], state.users.index.intern(actorId), id)
  }
}

export function unfollowCollection(state: ShardState, { kind, id, actorId }: Followed): void {
  state.collections.countFollower(id, -1)
  if (state.isHosted(actorId)) {
    state.marked.remove(followMark[kind], state.users.index.intern(actorId), id)
  }
}

// ------------------------------------------------------------------------------------------------- making

/** What an earlier attempt with this key has made, which may be gone by now. */
export function madeBefore(
  view: View,
  { actor, partition }: Context,
  { operation, operationId }: { operation: number; operationId: string | undefined },
): number | undefined {
  if (operationId === undefined) return undefined
  return view.remembered(partition).resultOf({ operation, actor, operationId })
}

/** The first attempt took effect: what it made is the answer, unless it has been deleted since. */
export function repeatedMaking(
  view: View,
  { kind, id }: Named,
): { readonly kind: 'unchanged' } | No<never> {
  if (view.collections.find(kind, id) !== undefined) return { kind: 'unchanged' }
  const message = `This operation made a ${kind} that was deleted since.`
  return { kind: 'failed', error: failure('not_found', { message }) }
}

/** Makes a collection whose creation the log tells, and remembers the client's key of it. */
export function makeCollection(
  state: ShardState,
  collection: Omit<Collection, 'owner'>,
  made: {
    readonly actorId: UserId
    readonly operation: number
    readonly operationId: string | undefined
  },
): void {
  const { actorId, operation, operationId } = made
  state.noteIssuedId(collection.id)
  state.collections.create({ ...collection, owner: state.users.index.intern(actorId) })
  if (operationId === undefined || !state.isHosted(actorId)) return
  const [result, timeMs] = [collection.id, timeOfId(collection.id)]
  const done = { operation, actor: actorId, operationId, result, timeMs }
  state.remembered(partitionOfId(actorId)).remember(done)
}
