// What each record of a feature does to the oracle's world.
//
// None of it depends on the order in which two clients were answered at the same time: a block ends the follows
// between two whether they were acknowledged before or after it.

import type { Facts } from './facts.ts'
import type { KnownTweet } from './known.ts'
import { isBlockBetween, isHidden } from './oracle-privacy.ts'
import { promotionAppliers, statusOf } from './oracle-promotions.ts'
import type { FeatureRecord, RecordOf } from './records.ts'

export const featureAppliers: {
  readonly [T in FeatureRecord['type']]: (world: Facts, record: RecordOf<T>) => void
} = {
  ask: (world, { userId, followeeId }) => {
    if (!isBlockBetween(world, userId, followeeId)) world.asked.add(userId, followeeId)
  },
  approve: (world, { userId, followerId }) => {
    // Whoever has taken the request back follows nobody.
    if (!world.asked.has(followerId, userId)) return
    follow(world, { userId: followerId, followeeId: userId })
  },
  reject: (world, { userId, followerId }) => world.asked.delete(followerId, userId),
  block: (world, { userId, otherId }) => {
    world.blocks.add(userId, otherId)
    unfollow(world, { userId, followeeId: otherId })
    unfollow(world, { userId: otherId, followeeId: userId })
  },
  unblock: (world, { userId, otherId }) => world.blocks.delete(userId, otherId),
  mute: (world, { userId, otherId }) => world.mutes.add(userId, otherId),
  unmute: (world, { userId, otherId }) => world.mutes.delete(userId, otherId),
  protect: (world, { userId }) => {
    world.protectedUsers.add(userId)
    world.onceProtected.add(userId)
  },
  open: (world, { userId }) => void world.protectedUsers.delete(userId),
  leave: (world, { userId }) => leave(world, userId),
  suspend: (world, { userId }) => suspend(world, userId),
  rename: (world, { userId, name }) => {
    world.user(userId).name = name
  },
  'mute-word': (world, { userId, word }) => world.mutedWords.add(userId, word),
  'unmute-word': (world, { userId, word }) => world.mutedWords.delete(userId, word),
  'mute-thread': (world, { userId, tweetId }) => world.mutedThreads.add(userId, tweetId),
  'unmute-thread': (world, { userId, tweetId }) => world.mutedThreads.delete(userId, tweetId),
  bookmark: (world, { userId, tweetId }) => world.bookmarks.add(userId, tweetId),
  unbookmark: (world, { userId, tweetId }) => world.bookmarks.delete(userId, tweetId),
  pin: (world, { userId, tweetId }) => void world.pinned.set(userId, tweetId),
  unpin: (world, { userId, tweetId }) => {
    if (world.pinned.get(userId) === tweetId) world.pinned.delete(userId)
  },
  collection: (world, { type: _, ...made }) => {
    world.collections.set(made.id, { ...made, followers: new Set(), items: [] })
  },
  show: (world, { collectionId, isPrivate }) => {
    world.collection(collectionId).isPrivate = isPrivate
  },
  drop,
  put: (world, { collectionId, itemId, place }) => {
    const { items } = world.collection(collectionId)
    if (!items.includes(itemId)) items.splice(place, 0, itemId)
  },
  take: (world, { collectionId, itemId }) => {
    const collection = world.collection(collectionId)
    const { items } = collection
    if (items.includes(itemId)) items.splice(items.indexOf(itemId), 1)
    if (collection.coverId === itemId) collection.coverId = undefined
  },
  entitle: (world, { collectionId, title }) => {
    world.collection(collectionId).title = title
  },
  cover: (world, { collectionId, itemId }) => {
    world.collection(collectionId).coverId = itemId
  },
  move: (world, { collectionId, itemId, place }) => {
    const { items } = world.collection(collectionId)
    items.splice(items.indexOf(itemId), 1)
    items.splice(place, 0, itemId)
  },
  'follow-collection': (world, { userId, collectionId }) => {
    world.collection(collectionId).followers.add(userId)
  },
  'unfollow-collection': (world, { userId, collectionId }) => {
    world.collection(collectionId).followers.delete(userId)
  },
  ...promotionAppliers,
}

/** What a tweet replies to, the root first, and the one before the first of them that cannot be shown. */
export function ancestorsOf(
  world: Facts,
  readerId: number,
  { inReplyTo }: KnownTweet,
): { readonly ancestors: readonly KnownTweet[]; readonly missing: number | undefined } {
  if (inReplyTo === undefined) return { ancestors: [], missing: undefined }
  const parent = world.tweet(inReplyTo)
  if (isHidden(world, readerId, parent)) return { ancestors: [], missing: parent.id }
  const { ancestors, missing } = ancestorsOf(world, readerId, parent)
  return { ancestors: [...ancestors, parent], missing }
}

type Follow = { readonly userId: number; readonly followeeId: number }

/** A follow across a block that stands does not last, whichever of the two came first. */
export function follow(world: Facts, { userId, followeeId }: Follow): void {
  world.asked.delete(userId, followeeId)
  if (isBlockBetween(world, userId, followeeId)) return
  world.user(userId).follows.add(followeeId)
  world.user(followeeId).followers.add(userId)
}

export function unfollow(world: Facts, { userId, followeeId }: Follow): void {
  world.user(userId).follows.delete(followeeId)
  world.user(followeeId).followers.delete(userId)
  world.asked.delete(userId, followeeId)
}

/** Nothing of theirs is shown, and all of it still counts. */
function suspend(world: Facts, userId: number): void {
  world.suspended.add(userId)
  for (const promotion of world.promotions.values()) {
    if (promotion.userId !== userId || statusOf(world, promotion) === 'ended') continue
    promotion.endedBy = 'account'
  }
}

function drop(world: Facts, { collectionId }: { readonly collectionId: number }): void {
  world.collections.delete(collectionId)
  world.dropped.add(collectionId)
}

/** An account goes with all that belongs to it, and with everything that others had to do with it. */
function leave(world: Facts, userId: number): void {
  const { follows, followers, tweets } = world.user(userId)
  world.gone.add(userId)
  for (const tweet of tweets) tweet.isDeleted = true
  for (const followeeId of follows) unfollow(world, { userId, followeeId })
  for (const follower of followers) {
    unfollow(world, { userId: follower, followeeId: userId })
  }
  for (const tweet of world.tweets.values()) tweet.favoritedBy.delete(userId)
  world.asked.forget(userId)
  for (const collection of [...world.collections.values()]) {
    if (collection.ownerId === userId) drop(world, { collectionId: collection.id })
    else collection.followers.delete(userId)
  }
  world.funded.delete(userId)
  for (const promotion of [...world.promotions.values()]) {
    if (promotion.userId === userId) world.promotions.delete(promotion.id)
  }
}
