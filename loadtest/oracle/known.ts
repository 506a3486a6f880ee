// What an oracle knows of users, tweets and collections: plain data. Owned by the World of oracle.ts.

import type { PromotionTerms, TweetMore } from './records.ts'

export type KnownUser = {
  readonly id: number
  readonly handle: string
  readonly createdAt: number
  /** Empty for a user whom nobody can read the timeline of. */
  readonly token: string
  readonly follows: Set<number>
  readonly followers: Set<number>
  /** Deleted ones and retweets included, in the order of acknowledgement. */
  readonly tweets: KnownTweet[]
  name: string
}

export type KnownTweet = TweetMore & {
  readonly id: number
  readonly authorId: number
  readonly text: string
  readonly createdAt: number
  readonly retweetOf?: number
  readonly favoritedBy: Set<number>
  /** Deleted ones included. */
  readonly replies: KnownTweet[]
  readonly retweets: KnownTweet[]
  isDeleted: boolean
}

export type KnownCollection = {
  readonly kind: 'list' | 'moment'
  readonly id: number
  readonly ownerId: number
  readonly followers: Set<number>
  /** Users, or tweets in their order. */
  readonly items: number[]
  title: string
  /** The tweet that stands for a moment. */
  coverId?: number | undefined
  isPrivate: boolean
}

export type KnownPromotion = PromotionTerms & {
  readonly id: number
  /** The advertiser. */
  readonly userId: number
  readonly tweetId: number
  /** The impressions that were told of, by reader and name: each counts once. */
  readonly seen: Map<string, Impression>
  isPaused: boolean
  endedBy?: 'advertiser' | 'budget' | 'account'
}

export type Impression = { readonly userId: number; readonly name: string }

export type KnownCounts = {
  readonly tweets: number
  readonly followers: number
  readonly following: number
}

/** Stands in the place of a user's id for whoever has not signed in. */
export const nobodyId = 0
/** The reader who has not signed in. */
export const nobody: KnownUser = Object.freeze({
  id: nobodyId,
  handle: '',
  name: 'nobody',
  createdAt: 0,
  token: '',
  follows: new Set<number>(),
  followers: new Set<number>(),
  tweets: [],
})

/** Pairs of a user and something: of a million users, few have any. */
export class Pairs<T> {
  readonly #pairs = new Map<number, Set<T>>()

  has(user: number, what: T): boolean {
    return this.#pairs.get(user)?.has(what) === true
  }

  of(user: number): T[] {
    return [...(this.#pairs.get(user) ?? [])]
  }

  add(user: number, what: T): void {
    const own = this.#pairs.get(user)
    if (own === undefined) this.#pairs.set(user, new Set([what]))
    else own.add(what)
  }

  delete(user: number, what: T): void {
    this.#pairs.get(user)?.delete(what)
  }

  /** All that a user has, and all that have the user. */
  forget(user: number & T): void {
    this.#pairs.delete(user)
    for (const own of this.#pairs.values()) own.delete(user)
  }

  /** All pairs. */
  all(): [number, T][] {
    return [...this.#pairs].flatMap(([user, own]) =>
      [...own].map((what): [number, T] => [user, what]),
    )
  }
}
