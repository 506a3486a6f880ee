// What stays as it is while a window of actions goes on. Pure.
//
// Within a window everything happens at once and in any order. So whatever an action relies on (that its user is
// there, that two do not block each other, that a tweet can be seen) must hold from the beginning of the window
// to its end. Whoever plans an action asks here, and notes what it changes.

import type { KnownTweet, World } from '../oracle/oracle.ts'
import { isBlockBetween, mayRead } from '../oracle/oracle-privacy.ts'

export class Steady {
  readonly #world: World
  readonly #changed = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** A new window begins. */
  start(): void {
    this.#changed.clear()
  }

  /** @returns false where it was changed in this window before */
  change(key: string): boolean {
    if (this.#changed.has(key)) return false
    this.#changed.add(key)
    return true
  }

  isChanged(key: string): boolean {
    return this.#changed.has(key)
  }

  /** Whether a user is there, and will be. */
  acts(userId: number): boolean {
    return !this.#world.isAway(userId) && !this.#changed.has(keys.leaves(userId))
  }

  /** Whether two users are there, none of them blocks the other, and nobody's openness changes. */
  relates(one: number, other: number): boolean {
    return (
      this.acts(one) &&
      this.acts(other) &&
      !isBlockBetween(this.#world, one, other) &&
      ![keys.opens(one), keys.opens(other), keys.apart(one, other)].some((key) =>
        this.#changed.has(key),
      )
    )
  }

  /** Whether a user can see a tweet from the beginning of the window to its end. */
  reads(userId: number, tweet: KnownTweet): boolean {
    const world = this.#world
    if (world.isGone(tweet) || !mayRead(world, userId, tweet)) return false
    return [tweet, world.original(tweet)].every(
      ({ id, authorId }) =>
        !this.#changed.has(keys.tweet(id)) &&
        !this.#changed.has(keys.follow(userId, authorId)) &&
        this.relates(userId, authorId),
    )
  }
}

/** The names of what can change. */
export const keys = {
  leaves: (userId: number) => `leaves ${userId}`,
  opens: (userId: number) => `opens ${userId}`,
  apart: (one: number, other: number) => `apart ${Math.min(one, other)} ${Math.max(one, other)}`,
  follow: (userId: number, followeeId: number) => `follow ${userId} ${followeeId}`,
  /** Whether it is there. */
  tweet: (tweetId: number) => `tweet ${tweetId}`,
  /** Something relies on its being there to the end. */
  kept: (tweetId: number) => `kept ${tweetId}`,
  /** What a user has to do with a tweet, in one way or another. */
  mark: (kind: string, userId: number, what: number | string) => `${kind} ${userId} ${what}`,
  collection: (id: number) => `collection ${id}`,
}
