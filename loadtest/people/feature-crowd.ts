// Those who act in a feature plan, and what there is to act on: drawn at random, so that what is drawn stays as it is
// while the window goes on. Pure.

import type { KnownCollection, KnownTweet } from '../oracle/known.ts'
import type { World } from '../oracle/oracle.ts'
import type { Random } from '../std/random.ts'
import type { FeatureAction } from './actions.ts'
import type { Steady } from './steady.ts'
import type { TextGenerator } from './texts.ts'

export type FeatureParts = {
  readonly world: World
  readonly random: Random
  readonly texts: TextGenerator
  /** Those who act. */
  readonly userIds: readonly number[]
  /** Whoever leaves has to say it. */
  readonly passwordOf: (userId: number) => string
  /** How many actions there are to be, over the whole run. */
  readonly total: number
}

/** One more action of a kind, or several that belong together; undefined where nothing was found to act on. */
export type Adder = () => readonly (FeatureAction | RacedAction)[] | undefined
/** A kind of action, and its share among all of them. */
export type Kind = { readonly share: number; readonly add: Adder }
/** The half of a race that plan.ts knows as well. */
export type RacedAction = {
  readonly kind: 'follow' | 'unfollow'
  readonly userId: number
  readonly followeeId: number
  readonly isRaced?: true
}

/** Draws users, tweets and collections. */
export class Crowd {
  readonly steady: Steady
  readonly #parts: FeatureParts
  #tweets: readonly KnownTweet[] = []
  #collections: readonly KnownCollection[] = []

  constructor(parts: FeatureParts, steady: Steady) {
    this.#parts = parts
    this.steady = steady
  }

  start(): void {
    const { world } = this.#parts
    this.#tweets = [...world.tweets.values()]
    this.#collections = [...world.collections.values()]
  }

  /** Undefined where nobody was drawn who is there. */
  user(): number | undefined {
    const userId = this.#parts.random.pick(this.#parts.userIds)
    return this.steady.acts(userId) ? userId : undefined
  }

  /** Two who can have to do with each other; every second time the first follows the other. */
  two(): [number, number] | undefined {
    const { random, world } = this.#parts
    const userId = this.user()
    if (userId === undefined) return undefined
    const follows = [...world.user(userId).follows]
    const isFollowed = follows.length > 0 && random.chance(0.5)
    const other = isFollowed ? random.pick(follows) : this.user()
    if (other === undefined || other === userId) return undefined
    return this.steady.relates(userId, other) ? [userId, other] : undefined
  }

  /** A tweet that a user reads, mostly one of those whom they follow. */
  read(): { userId: number; tweet: KnownTweet } | undefined {
    const { random, world } = this.#parts
    const userId = this.user()
    if (userId === undefined || this.#tweets.length === 0) return undefined
    const follows = [...world.user(userId).follows]
    const isFollowed = follows.length > 0 && random.chance(0.5)
    const tweets = isFollowed ? world.user(random.pick(follows)).tweets : this.#tweets
    if (tweets.length === 0) return undefined
    const tweet = random.pick(tweets)
    return this.steady.reads(userId, tweet) ? { userId, tweet } : undefined
  }

  collection(): KnownCollection | undefined {
    if (this.#collections.length === 0) return undefined
    const collection = this.#parts.random.pick(this.#collections)
    return this.steady.acts(collection.ownerId) ? collection : undefined
  }
}
