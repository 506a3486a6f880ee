// The kinds of actions that rely on others: what people do with the tweets that they can see, and with the users and
// collections that are there.

import type { Place } from '../oracle/records.ts'
import type { FeatureAction } from './actions.ts'
import type { Adder, Crowd, FeatureParts, Kind } from './feature-crowd.ts'
import { keys } from './steady.ts'
import { tagsOfRun } from './trend-tags.ts'

/** Words that people mute: some of those that texts hold (words.ts), as the server folds them. */
export const wordsMuted = ['coffee', 'music', 'ticket', 'утро', '冬', '#monday'] as const
/** Where tweets are written: far from each other. */
export const places: readonly Place[] = [
  { latitude: 48.2, longitude: 16.4 },
  { latitude: -33.9, longitude: 151.2 },
  { latitude: 35.7, longitude: 139.7 },
  { latitude: 0, longitude: -179.9 },
]
/** So few pictures that many show the same. */
const pictureCount = 12
const picturesPerTweetMax = 3
/** Of those who have marked or muted something, so many take one back. */
const removalShare = 0.4
/** Some of the weight of a text is left for what is put before it. */
const textWeightMax = 200

export function doingsOf(crowd: Crowd, parts: FeatureParts): readonly Kind[] {
  return [
    { share: 18, add: replies(crowd, parts, 'reply') },
    { share: 5, add: replies(crowd, parts, 'quote') },
    { share: 6, add: whispers(crowd, parts) },
    { share: 4, add: posts(crowd, parts) },
    { share: 6, add: tags(crowd, parts) },
    { share: 18, add: retweets(crowd, parts) },
    { share: 8, add: marks(crowd, parts, ['bookmark', 'unbookmark']) },
    { share: 3, add: marks(crowd, parts, ['mute-thread', 'unmute-thread']) },
    { share: 2, add: pins(crowd, parts) },
    { share: 4, add: mutes(crowd, parts) },
    { share: 2, add: mutesWord(crowd, parts) },
    { share: 8, add: asks(crowd, parts) },
    { share: 1, add: renames(crowd, parts) },
    { share: 4, add: makes(crowd, parts) },
    // Of a moment one change in a window, so the rarer ones come first.
    { share: 1, add: entitles(crowd, parts) },
    { share: 5, add: arranges(crowd, parts) },
    { share: 12, add: puts(crowd, parts) },
    { share: 2, add: takes(crowd, parts) },
    { share: 4, add: followsCollection(crowd, parts) },
  ]
}

const text = ({ random, texts }: FeatureParts): string =>
  texts.nextOfWeight(1 + random.below(textWeightMax))

function replies(crowd: Crowd, parts: FeatureParts, kind: 'reply' | 'quote'): Adder {
  return () => {
    const read = crowd.read()
    if (read === undefined) return undefined
    const { userId, tweet } = read
    const link = kind === 'reply' ? { inReplyTo: tweet.id } : { quoteOf: tweet.id }
    return [{ kind, userId, text: text(parts), ...link }]
  }
}

/** A tweet that is not for everybody. */
function whispers(crowd: Crowd, parts: FeatureParts): Adder {
  return () => {
    const two = crowd.two()
    if (two === undefined) return undefined
    const [userId, other] = two
    const visibility = parts.random.chance(0.5) ? 'followers' : 'mentioned'
    const whispered = `@${parts.world.user(other).handle} ${text(parts)}`
    return [{ kind: 'whisper', userId, text: whispered, visibility }]
  }
}

/** A tweet with pictures or a place. */
function posts(crowd: Crowd, parts: FeatureParts): Adder {
  const { random } = parts
  return () => {
    const userId = crowd.user()
    if (userId === undefined) return undefined
    const post = { kind: 'post-more', userId, text: text(parts) } as const
    if (random.chance(0.5)) return [{ ...post, location: random.pick(places) }]
    const pictures = new Set<number>()
    const count = 1 + random.below(picturesPerTweetMax)
    while (pictures.size < count) pictures.add(random.below(pictureCount))
    return [{ ...post, pictures: [...pictures] }]
  }
}

/** A tweet with a tag that rises; of those who are protected, with one that must not. */
function tags(crowd: Crowd, parts: FeatureParts): Adder {
  const { random, world } = parts
  return () => {
    const userId = crowd.user()
    if (userId === undefined || crowd.steady.isChanged(keys.opens(userId))) return undefined
    const { rising, inner } = tagsOfRun(world)
    // A few of them are used by many.
    const some = rising[Math.floor(random.fraction() ** 2 * rising.length)]
    const tag = world.protectedUsers.has(userId) ? inner : some
    return [{ kind: 'post-more', userId, text: `${text(parts)} #${tag}` }]
  }
}

function retweets(crowd: Crowd, { world }: FeatureParts): Adder {
  return () => {
    const read = crowd.read()
    if (read === undefined) return undefined
    const { userId, tweet } = read
    const original = world.original(tweet)
    if (world.retweetBy(userId, original) !== undefined) return undefined
    if (!crowd.steady.change(keys.mark('retweet', userId, original.id))) return undefined
    return [{ kind: 'retweet', userId, tweetId: tweet.id }]
  }
}

type MarkKinds = readonly ['bookmark', 'unbookmark'] | readonly ['mute-thread', 'unmute-thread']

/** Marks one tweet more, or one less. */
function marks(crowd: Crowd, { world, random }: FeatureParts, [add, remove]: MarkKinds): Adder {
  const marked = add === 'bookmark' ? world.bookmarks : world.mutedThreads
  return () => {
    const read = crowd.read()
    if (read === undefined) return undefined
    const { userId } = read
    const own = marked.of(userId)
    const isRemoval = own.length > 0 && random.chance(removalShare)
    // A thread is that of the original, by whichever retweet it is named.
    const tweet = add === 'mute-thread' ? world.original(read.tweet) : read.tweet
    const tweetId = isRemoval ? own[0]! : tweet.id
    if (!crowd.steady.change(keys.mark(add, userId, tweetId))) return undefined
    return [{ kind: isRemoval ? remove : add, userId, tweetId }]
  }
}

/** Only what is for everybody can be pinned. */
function pins(crowd: Crowd, { world, random }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined || world.user(userId).tweets.length === 0) return undefined
    const tweet = random.pick(world.user(userId).tweets)
    if (tweet.retweetOf !== undefined || tweet.visibility !== undefined) return undefined
    if (!crowd.steady.reads(userId, tweet)) return undefined
    if (!crowd.steady.change(keys.mark('pin', userId, ''))) return undefined
    const isPinned = world.pinned.get(userId) === tweet.id
    return [{ kind: isPinned ? 'unpin' : 'pin', userId, tweetId: tweet.id }]
  }
}

function mutes(crowd: Crowd, { world, random }: FeatureParts): Adder {
  return () => {
    const two = crowd.two()
    if (two === undefined) return undefined
    const [userId, other] = two
    const own = world.mutes.of(userId)
    const isRemoval = own.length > 0 && crowd.steady.acts(own[0]!) && random.chance(removalShare)
    const otherId = isRemoval ? own[0]! : other
    if (!crowd.steady.change(keys.mark('mute', userId, otherId))) return undefined
    return [{ kind: isRemoval ? 'unmute' : 'mute', userId, otherId }]
  }
}

function mutesWord(crowd: Crowd, { world, random }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined) return undefined
    const word = random.pick(wordsMuted)
    if (!crowd.steady.change(keys.mark('word', userId, word))) return undefined
    const isRemoval = world.mutedWords.has(userId, word)
    return [{ kind: isRemoval ? 'unmute-word' : 'mute-word', userId, word }]
  }
}

/** A request to somebody who is protected. */
function asks(crowd: Crowd, { world, random }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    const guarded = [...world.protectedUsers]
    if (userId === undefined || guarded.length === 0) return undefined
    const followeeId = random.pick(guarded)
    if (followeeId === userId || world.user(userId).follows.has(followeeId)) return undefined
    if (!crowd.steady.relates(userId, followeeId)) return undefined
    if (!crowd.steady.change(keys.follow(userId, followeeId))) return undefined
    return [{ kind: 'follow', userId, followeeId }]
  }
}

function renames(crowd: Crowd, { random }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined) return undefined
    if (!crowd.steady.change(keys.mark('name', userId, ''))) return undefined
    return [{ kind: 'rename', userId, name: `Called ${random.below(1_000)}` }]
  }
}

function makes(crowd: Crowd, { random }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined) return undefined
    const kind = random.chance(0.5) ? 'make-list' : 'make-moment'
    return [{ kind, userId, title: `Collection ${random.below(1_000)}` }]
  }
}

/** The order of a moment is what its changes say: one in a window. */
function puts(crowd: Crowd, parts: FeatureParts): Adder {
  const { random } = parts
  return () => {
    const collection = crowd.collection()
    const read = crowd.read()
    if (collection === undefined || read === undefined) return undefined
    const { id: collectionId, ownerId: userId, kind, items } = collection
    const { steady } = crowd
    if (steady.isChanged(keys.collection(collectionId))) return undefined
    const isMoment = kind === 'moment'
    if (isMoment && !steady.reads(userId, read.tweet)) return undefined
    if (!isMoment && !steady.relates(userId, read.userId)) return undefined
    const itemId = isMoment ? parts.world.original(read.tweet).id : read.userId
    const key = isMoment ? keys.collection(collectionId) : keys.mark('in', collectionId, itemId)
    if (!steady.change(key)) return undefined
    const place = isMoment ? random.below(items.length + 1) : items.length
    const action: FeatureAction = { kind: 'put', userId, collectionId, itemId, place }
    return [action]
  }
}

function takes(crowd: Crowd, { random }: FeatureParts): Adder {
  return () => {
    const collection = crowd.collection()
    if (collection === undefined || collection.items.length < 3) return undefined
    const { id: collectionId, ownerId: userId, kind, items } = collection
    const { steady } = crowd
    if (steady.isChanged(keys.collection(collectionId))) return undefined
    const itemId = random.pick(items)
    const isMoment = kind === 'moment'
    const key = isMoment ? keys.collection(collectionId) : keys.mark('in', collectionId, itemId)
    if (!steady.change(key)) return undefined
    return [{ kind: 'take', userId, collectionId, itemId, place: 0 }]
  }
}

function entitles(crowd: Crowd, { random }: FeatureParts): Adder {
  return () => {
    const collection = crowd.collection()
    if (collection === undefined) return undefined
    const { id: collectionId, ownerId: userId } = collection
    if (!crowd.steady.change(keys.collection(collectionId))) return undefined
    const title = `Collection ${random.below(1_000)}, another title`
    return [{ kind: 'entitle', userId, collectionId, title }]
  }
}

/** Of a moment: another tweet stands for it, or one stands elsewhere in it; tweets that are gone among them. */
function arranges(crowd: Crowd, { random }: FeatureParts): Adder {
  return () => {
    const collection = crowd.collection()
    if (collection?.kind !== 'moment' || collection.items.length < 2) return undefined
    const { id: collectionId, ownerId: userId, items } = collection
    if (!crowd.steady.change(keys.collection(collectionId))) return undefined
    const place = random.below(items.length)
    const kind = random.chance(0.3) ? 'cover' : 'move'
    return [{ kind, userId, collectionId, itemId: random.pick(items), place }]
  }
}

function followsCollection(crowd: Crowd, { world, random }: FeatureParts): Adder {
  return () => {
    const collection = crowd.collection()
    if (collection === undefined) return undefined
    const { id: collectionId, ownerId, followers } = collection
    const isBack = followers.size > 0 && random.chance(removalShare)
    const userId = isBack ? random.pick([...followers]) : crowd.user()
    if (userId === undefined) return undefined
    const { steady } = crowd
    const isSteady =
      userId !== ownerId &&
      world.mayReadCollection(userId, collection) &&
      steady.relates(userId, ownerId) &&
      !steady.isChanged(keys.follow(userId, ownerId)) &&
      !steady.isChanged(keys.collection(collectionId))
    if (!isSteady || !steady.change(keys.mark('reader', collectionId, userId))) return undefined
    const isRemoval = followers.has(userId)
    return [{ kind: isRemoval ? 'unfollow-collection' : 'follow-collection', userId, collectionId }]
  }
}
