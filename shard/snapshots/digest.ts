// The digest of a partition (I7): a number for all facts that come from its log, by which two hosts find
// out whether they hold the same.
//
// Each fact is hashed with its kind and its user, and the hashes are added up. A sum does not mind the
// order, so it does not matter in which order a process met users, or which dense indexes they got:
//
//     card of 7 -> 9e31...    7 follows 3 -> 02c4...    7 follows 9 -> 5b77...     sum -> fa6c...
//
// What other partitions' logs tell (favorites of a tweet, followers of a user) is left out: two hosts
// at the same entry of this log may stand at different entries of those. So is what a sweep may or may
// not have taken, see accounts.ts.
//
// A partition is looked at slice by slice, a user belonging to one slice by a hash of the id; a part
// looks at no more than the newest `newestFactsMax` tweets and marks of a user, so that one of them never
// costs more than a few milliseconds. The digest of the whole (slices: 1) leaves nothing out.

import type { Partition, UserId } from '../../protocol/ids.ts'
import { type CollectionKind, collectionKinds } from '../state/collections.ts'
import { highOf, mix } from '../state/memory/id-table.ts'
import { INDEX_LIMIT } from '../state/memory/paged-table.ts'
import type { ShardState } from '../state/shard-state.ts'
import { FactSum } from './fact-sum.ts'

/** Tweets of a user, and tweets marked in one way, that a slice looks at. */
export const newestFactsMax = 1_000

/** What the hash of a fact begins with, so that facts of different kinds are never alike. */
const kinds = {
  partition: 1,
  card: 2,
  counts: 3,
  tweet: 4,
  deletedTweet: 5,
  follow: 6,
  mark: 7,
  marks: 8,
  account: 9,
  session: 10,
  remembered: 11,
  request: 12,
  mutedWord: 13,
  unattachedMedium: 160,
  userRecord: 176,
  collection: 192,
  collectionItem: 193,
  funds: 240,
  promotion: 241,
  favorite: 224,
} as const

/**
 * @param part `slice` from 0 to `slices` - 1
 * @returns 16 hexadecimal digits; equal wherever the facts of the slice are equal
 * @throws Error where the state does not keep the partition's facts
 */
export function digestOf(
  state: ShardState,
  partition: Partition,
  { slice, slices }: { readonly slice: number; readonly slices: number },
): string {
  if (!state.hosting.keepsOwn(partition)) {
    throw new Error(`there is no digest of partition ${partition}: it is not hosted here`)
  }
  const sum = new FactSum()
  const factsMax = slices === 1 ? Number.POSITIVE_INFINITY : newestFactsMax
  const isIn = (id: number): boolean => sliceOf(id, slices) === slice
  if (slice === 0) addPartition(sum, state, partition)
  state.users.index.forEachOf(partition, (user) => {
    if (isIn(state.users.idOf(user))) addUser(sum, state, { user, factsMax })
  })
  for (const done of state.remembered(partition).entries(isIn)) {
    sum.begin(kinds.remembered, done.actor)
    sum.number(done.operation)
    sum.text(done.operationId)
    sum.number(done.result)
    sum.number(done.timeMs)
    sum.add()
  }
  return sum.digest()
}

function sliceOf(id: number, slices: number): number {
  return (mix(id | 0, highOf(id)) >>> 0) % slices
}

function addPartition(sum: FactSum, state: ShardState, partition: Partition): void {
  sum.begin(kinds.partition, partition)
  sum.number(state.lastIssuedId(partition))
  sum.add()
}

type Part = { readonly user: number; readonly factsMax: number }

function addUser(sum: FactSum, state: ShardState, part: Part): void {
  const { users, accounts } = state
  const { user } = part
  const id = users.idOf(user)
  if (users.hasCard(user)) {
    sum.begin(kinds.card, id)
    sum.bytes(users.card(user))
    sum.add()
    sum.begin(kinds.counts, id)
    sum.number(users.tweets.get(user))
    sum.number(users.following.get(user))
    sum.add()
  }
  addTweets(sum, state, part)
  addFollowings(sum, state, user)
  addMarks(sum, state, part)
  addFavoriteOrder(sum, state, part)
  addPrivacy(sum, state, user)
  addUnattachedMedia(sum, state, id)
  addUserRecords(sum, state, id)
  addPromotions(sum, state, id)
  for (const kind of collectionKinds) addCollections(sum, state, { ...part, kind })
  const passwordHash = accounts.passwordHash(id)
  if (passwordHash !== undefined) {
    const { email = '', birthDate = '' } = accounts.contact(id)
    sum.begin(kinds.account, id)
    for (const text of [passwordHash, email, birthDate]) sum.text(text)
    sum.add()
  }
  addSessions(sum, state, id)
}

function addTweets(sum: FactSum, state: ShardState, { user, factsMax }: Part): void {
  const { authored, tweets, users } = state
  const id = users.idOf(user)
  const count = authored.length(user)
  for (let place = Math.max(0, count - factsMax); place < count; place++) {
    const tweetId = authored.at(user, place)
    // Whether a retweet can be shown is said by the log of its original.
    const tweet = tweets.findBody(tweetId)
    const repliedTo = tweets.repliedTo(tweets.indexOf(tweetId))
    sum.begin(tweet < 0 ? kinds.deletedTweet : kinds.tweet, id)
    sum.number(tweetId)
    if (repliedTo >= 0) sum.number(users.idOf(repliedTo))
    if (tweet >= 0) sum.bytes(tweets.body(tweet))
    sum.add()
  }
}

function addFollowings(sum: FactSum, state: ShardState, user: number): void {
  const { users, followings } = state
  const id = users.idOf(user)
  for (let from = 0; ; ) {
    const count = followings.copyTo(user, { from, to: INDEX_LIMIT }, chunk)
    for (let place = 0; place < count; place++) {
      sum.begin(kinds.follow, id)
      sum.number(users.idOf(chunk[place]!))
      sum.add()
    }
    if (count < chunk.length) return
    from = chunk[count - 1]! + 1
  }
}

const chunk = new Uint32Array(1_024)

function addMarks(sum: FactSum, state: ShardState, { user, factsMax }: Part): void {
  const id = state.users.idOf(user)
  for (const kind of state.markKinds()) {
    const marks = state.marks(kind)
    const count = marks.length(user)
    if (count === 0) continue
    sum.begin(kinds.marks, id)
    sum.text(kind)
    sum.number(count)
    sum.add()
    for (let place = Math.max(0, count - factsMax); place < count; place++) {
      sum.begin(kinds.mark, id)
      sum.text(kind)
      sum.number(marks.at(user, place))
      sum.add()
    }
  }
}

function addFavoriteOrder(sum: FactSum, state: ShardState, { user, factsMax }: Part): void {
  const { users, tweets, favoriteOrder } = state
  const count = favoriteOrder.length(user)
  for (let place = Math.max(0, count - factsMax); place < count; place++) {
    const { number, tweet } = favoriteOrder.at(user, place)
    sum.begin(kinds.favorite, users.idOf(user))
    sum.number(number)
    sum.number(tweets.idOf(tweet))
    sum.add()
  }
}

function addPrivacy(sum: FactSum, { users, requests, mutedWords }: ShardState, user: number): void {
  const id = users.idOf(user)
  for (const [followee, requestId] of requests.askedBy(user)) {
    sum.begin(kinds.request, id)
    sum.number(users.idOf(followee))
    sum.number(requestId)
    sum.add()
  }
  for (const word of mutedWords.of(user)) {
    sum.begin(kinds.mutedWord, id)
    sum.text(word)
    sum.add()
  }
}

function addSessions(sum: FactSum, state: ShardState, id: UserId): void {
  for (const { tokenHash, expiresAtMs } of state.accounts.sessionsOf(id)) {
    sum.begin(kinds.session, id)
    sum.text(tokenHash)
    sum.number(expiresAtMs)
    sum.add()
  }
}

function addUnattachedMedia(sum: FactSum, state: ShardState, userId: UserId): void {
  for (const { media, bytes, expiresAtMs } of state.unattachedMedia.listOf(userId)) {
    sum.begin(kinds.unattachedMedium, userId)
    for (const text of [media.id, media.kind, media.alt ?? '']) sum.text(text)
    for (const number of [bytes, media.width, media.height, expiresAtMs]) sum.number(number)
    sum.add()
  }
}

/** The newest first, until the items of all have come to `factsMax`. */
function addCollections(
  sum: FactSum,
  { users, collections }: ShardState,
  { user, factsMax, kind }: Part & { readonly kind: CollectionKind },
): void {
  const owned = collections.owned(kind)
  let left = factsMax
  for (let place = owned.length(user) - 1; place >= 0 && left > 0; place--) {
    const collection = collections.find(kind, owned.at(user, place))!
    const { id, title, description, isPrivate, coverId, items } = collection
    sum.begin(kinds.collection, users.idOf(user))
    for (const text of [kind, title, description]) sum.text(text)
    for (const number of [id, Number(isPrivate), coverId, items.length]) sum.number(number)
    sum.add()
    const count = Math.min(items.length, left)
    for (let item = 0; item < count; item++) {
      sum.begin(kinds.collectionItem, id)
      sum.number(item)
      sum.number(items[item]!)
      sum.add()
    }
    left -= count + 1
  }
}

function addUserRecords(sum: FactSum, { userRecords }: ShardState, userId: UserId): void {
  for (const [kind, records] of userRecords.entries()) {
    for (const encoded of records.encodedOf(userId)) {
      sum.begin(kinds.userRecord, userId)
      sum.number(kind)
      sum.bytes(encoded)
      sum.add()
    }
  }
}

/** Who has seen a promotion stands in it as a sum, which is kept up all the time: they may be very many. */
function addPromotions(sum: FactSum, { promotions }: ShardState, userId: UserId): void {
  const { fundedMicros, settledMicros } = promotions.fundsOf(userId)
  if (fundedMicros !== 0 || settledMicros !== 0) {
    sum.begin(kinds.funds, userId)
    sum.number(fundedMicros)
    sum.number(settledMicros)
    sum.add()
  }
  const encoded = promotions.encodedOf(userId)
  for (const [place, { id }] of promotions.listOf(userId).entries()) {
    sum.begin(kinds.promotion, id)
    sum.bytes(encoded[place]!)
    for (const number of promotions.daysOf(id)!.sums()) sum.number(number >>> 0)
    sum.add()
  }
}
