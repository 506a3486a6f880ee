// Leaving: what becomes of an account that is deleted.
//
//   log of ada's partition                                     other logs
//   account.delete    nothing of ada is shown from here on  -> bob's follow of ada is over (follow.settle)
//   account.erase     64 facts
//   account.erase     64 facts
//   ...               until nothing is left
//
// An account may have a hundred thousand tweets, and to take them all at once would stop a process for a second.
// So one event says that the account is gone: a mark that every process keeps, with a flag that visibility.ts
// looks at, and with which `users.find` finds nobody. What is cheap is taken at once: name and bio, password,
// sessions, keys, reports, muted words, uploads, the timeline. The rest is erased step by step, each step an
// entry of the same log that names what it takes. Thus all processes hold the same at each entry, and a process
// that dies in between leaves the rest to the next reign (erasing.ts).
//
// What is decided before the deletion may land behind it, as a write waits for the log. So the first step names
// nothing: when it has landed, so has everything before it, and the next one finds all there is. And nothing
// is decided for somebody who is gone (`refusalOfActor`), though it was asked before.
//
// What stays: the handle, so that nobody takes the name of somebody who has left; what operators did about the
// account; that others have marked a tweet or a user that is no more, which shows nothing.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import { erasedAtOnceMax } from '../../protocol/limits.ts'
import type { Event } from '../../protocol/operation.ts'
import type { accountErase } from '../../protocol/operations/account-erase.ts'
import { collectionKinds } from '../state/collections.ts'
import { markKind } from '../state/marks.ts'
import { INDEX_LIMIT } from '../state/memory/paged-table.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { View } from './implement.ts'
import { countedWith, removeTweet } from './remove-tweet.ts'

export type Erasure = Omit<Event<typeof accountErase>, 'userId'>

/** What has to be counted less where it was marked. */
const uncountOf: Readonly<Record<string, (state: ShardState, id: number) => void>> = {
  favorites: ({ tweets }, id) => tweets.favorites.add(tweets.intern(id), -1),
  [markKind.followedLists]: ({ collections }, id) => collections.countFollower(id, -1),
  [markKind.followedMoments]: ({ collections }, id) => collections.countFollower(id, -1),
}

/** Closes the account, and takes what is cheap to take. */
export function leave(state: ShardState, userId: UserId, departureId: number): void {
  const { users, marked } = state
  const user = users.index.intern(userId)
  // A state that only brings follows has no cards.
  if (users.hasCard(user)) {
    const { handle, createdAt } = users.cardOf(user)
    users.setCard({ id: userId, handle, name: '', bio: '', createdAt, protected: false })
  }
  marked.add(markKind.departures, user, departureId)
  forgetAtOnce(state, userId)
}

function forgetAtOnce(state: ShardState, userId: UserId): void {
  const { users, accounts, mutedWords, unattachedMedia, apps, reports } = state
  const user = users.index.intern(userId)
  accounts.forget(userId)
  mutedWords.clear(user)
  state.favoriteOrder.clear(user)
  unattachedMedia.forget(userId)
  for (const records of [apps, reports]) records.forget(userId)
  state.promotions.forget(userId)
  state.dropTimeline(user)
}

/** Some of what is left of an account; undefined where nothing is. Its partition is hosted. */
export function nextErasure(view: View, user: number): Erasure | undefined {
  let left = erasedAtOnceMax
  const some = <I extends number>(ids: readonly number[]): I[] => {
    const taken = ids.slice(0, Math.max(0, left))
    left -= taken.length
    return taken as I[]
  }
  const tweetIds = some<TweetId>(newestOf(view.authored, user))
  const erasure = {
    tweetIds,
    ...countedLessOf(view, tweetIds),
    followeeIds: some<UserId>(followeesOf(view, user)),
    askedIds: some<UserId>(view.requests.askedBy(user).map(([asked]) => view.users.idOf(asked))),
    collectionIds: some(
      collectionKinds.flatMap((kind) => newestOf(view.collections.owned(kind), user)),
    ),
    marks: view
      .markKinds()
      .filter((kind) => kind !== markKind.departures)
      .map((kind) => ({ kind, ids: some(newestOf(view.marks(kind), user)) }))
      .filter(({ ids }) => ids.length > 0),
  }
  return left === erasedAtOnceMax ? undefined : erasure
}

/** What counts less without these tweets, for those who show it. */
function countedLessOf(
  view: View,
  tweetIds: readonly TweetId[],
): { readonly countedLessIds?: readonly TweetId[] } {
  const found = new Set<TweetId>()
  for (const tweetId of tweetIds) {
    const tweet = view.tweets.findBody(tweetId)
    const countedLess = tweet < 0 ? 0 : countedWith(view, tweet)
    if (countedLess !== 0) found.add(countedLess)
  }
  return found.size === 0 ? {} : { countedLessIds: [...found] }
}

export const emptyErasure: Erasure = {
  tweetIds: [],
  followeeIds: [],
  askedIds: [],
  collectionIds: [],
  marks: [],
}

/** Erases what the log names. A tweet leaves no trace: the log can bring it no second time. */
export function erase(state: ShardState, userId: UserId, erasure: Erasure): void {
  const { index } = state.users
  const user = index.intern(userId)
  // Something may have landed behind the deletion.
  forgetAtOnce(state, userId)
  for (const tweetId of erasure.tweetIds) {
    removeTweet(state, { tweetId, authorId: userId })
    state.tweets.forget(tweetId)
    state.authored.remove(user, tweetId)
  }
  for (const followeeId of erasure.followeeIds) state.unfollow(userId, followeeId)
  for (const askedId of erasure.askedIds) {
    state.requests.end({ follower: user, followee: index.intern(askedId) })
  }
  for (const id of erasure.collectionIds) state.collections.delete(id)
  for (const { kind, ids } of erasure.marks) {
    for (const id of ids) {
      uncountOf[kind]?.(state, id)
      state.marked.remove(kind, user, id)
    }
  }
}

type Lists = { readBefore: View['authored']['readBefore'] }

const scratch = new Float64Array(erasedAtOnceMax)
const neighbors = new Uint32Array(erasedAtOnceMax)

function newestOf(lists: Lists, owner: number): readonly number[] {
  const page = { before: Number.POSITIVE_INFINITY, limit: erasedAtOnceMax }
  return [...scratch.subarray(0, lists.readBefore(owner, page, scratch))]
}

function followeesOf(view: View, user: number): readonly number[] {
  const count = view.followings.copyTo(user, { from: 0, to: INDEX_LIMIT }, neighbors)
  return Array.from(neighbors.subarray(0, count), (followee) => view.users.idOf(followee))
}
