// The oracle's rule of who may see what: the same promises as the server's, written down a second time. Pure.

import type { Facts } from './facts.ts'
import type { KnownTweet } from './known.ts'
import { hasWord, mentionsOf } from './naive-text.ts'

export function isBlockBetween(world: Facts, one: number, other: number): boolean {
  return world.blocks.has(one, other) || world.blocks.has(other, one)
}

/** Whether the reader may see what the user writes, and whom they know. */
export function mayReadUser(world: Facts, reader: number, user: number): boolean {
  if (reader === user) return true
  if (world.isAway(user) || isBlockBetween(world, reader, user)) return false
  return !world.protectedUsers.has(user) || doesFollow(world, reader, user)
}

/** Whether the reader may see a tweet that is not deleted: a retweet, only with the original. */
export function mayRead(world: Facts, reader: number, tweet: KnownTweet): boolean {
  return mayReadAlone(world, reader, tweet) && mayReadAlone(world, reader, world.original(tweet))
}

/** Gone, or not for this reader. */
export function isHidden(world: Facts, reader: number, tweet: KnownTweet): boolean {
  return world.isGone(tweet) || !mayRead(world, reader, tweet)
}

/** Whether a tweet may come to the reader of its own accord: not what they have muted, unless it is their own. */
export function mayShow(world: Facts, reader: number, tweet: KnownTweet): boolean {
  if (!mayRead(world, reader, tweet)) return false
  const comes = (one: KnownTweet): boolean =>
    one.authorId === reader || !isMuted(world, reader, one)
  return tweet.authorId === reader || (comes(tweet) && comes(world.original(tweet)))
}

function doesFollow(world: Facts, follower: number, followee: number): boolean {
  return world.users.get(follower)?.follows.has(followee) === true
}

function mayReadAlone(world: Facts, reader: number, tweet: KnownTweet): boolean {
  const { authorId, visibility, text } = tweet
  if (reader === authorId) return true
  if (!mayReadUser(world, reader, authorId)) return false
  if (visibility === 'followers') return doesFollow(world, reader, authorId)
  const handle = world.users.get(reader)?.handle.toLowerCase() ?? ''
  return visibility !== 'mentioned' || mentionsOf(text).includes(handle)
}

function isMuted(world: Facts, reader: number, tweet: KnownTweet): boolean {
  return (
    world.mutes.has(reader, tweet.authorId) ||
    isInMutedThread(world, reader, tweet) ||
    world.mutedWords.of(reader).some((word) => hasWord(tweet.text, word))
  )
}

/** What lies behind a tweet that is gone nobody knows. */
export function isInMutedThread(world: Facts, reader: number, tweet: KnownTweet): boolean {
  if (world.mutedThreads.has(reader, tweet.id)) return true
  if (tweet.isDeleted || tweet.inReplyTo === undefined) return false
  return isInMutedThread(world, reader, world.tweet(tweet.inReplyTo))
}
