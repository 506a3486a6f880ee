// The model of privacy: who may see what, in plain arrays, as naive as can be.

import type { Visibility } from '../../protocol/entities.ts'

type Pair = [number, number]

/** What the rule has to know of a tweet. */
export type Seen = {
  readonly author: number
  readonly text: string
  readonly visibility?: Visibility
  /** Users whom the text mentions. */
  readonly mentions?: readonly number[]
}

export class ModelPrivacy {
  readonly protected = new Set<number>()
  readonly suspended = new Set<number>()
  /** Who has ever been one of these. */
  readonly hiddenOnce = new Set<number>()
  /** Pairs [who blocks, who is blocked], and so on. */
  blocks: Pair[] = []
  mutes: Pair[] = []
  /** Pairs [who asks, who is asked], in the order in which they asked. */
  requests: Pair[] = []
  /** Pairs of a user and a muted word. */
  words: [number, string][] = []
  /** Pairs of a user and a tweet with which a muted thread begins. */
  threads: Pair[] = []
  readonly #doesFollow: (follower: number, followee: number) => boolean

  constructor(doesFollow: (follower: number, followee: number) => boolean) {
    this.#doesFollow = doesFollow
  }

  isBlockBetween(one: number, other: number): boolean {
    return hasPair(this.blocks, one, other) || hasPair(this.blocks, other, one)
  }

  hasAsked(follower: number, followee: number): boolean {
    return hasPair(this.requests, follower, followee)
  }

  hasMuted(user: number, other: number): boolean {
    return hasPair(this.mutes, user, other)
  }

  mayReadUser(reader: number, user: number): boolean {
    if (reader === user) return true
    if (this.suspended.has(user)) return false
    if (this.isBlockBetween(reader, user)) return false
    return !this.protected.has(user) || this.#doesFollow(reader, user)
  }

  mayRead(reader: number, tweet: Seen): boolean {
    if (reader === tweet.author) return true
    if (!this.mayReadUser(reader, tweet.author)) return false
    if (tweet.visibility === 'followers') return this.#doesFollow(reader, tweet.author)
    return tweet.visibility !== 'mentioned' || (tweet.mentions ?? []).includes(reader)
  }

  mayShow(reader: number, tweet: Seen): boolean {
    if (!this.mayRead(reader, tweet)) return false
    if (reader === tweet.author) return true
    if (this.hasMuted(reader, tweet.author)) return false
    const words = tweet.text.split(' ')
    return !this.words.some(([user, word]) => user === reader && words.includes(word))
  }

  /** What `viewer` says of a user, beside the follows. */
  viewer(reader: number, user: number) {
    return {
      requested: this.hasAsked(reader, user),
      muting: this.hasMuted(reader, user),
      blocking: hasPair(this.blocks, reader, user),
    }
  }
}

export function hasPair(pairs: readonly Pair[], one: number, other: number): boolean {
  return pairs.some(([left, right]) => left === one && right === other)
}

/** The pairs without one of them. */
export function without<T extends [number, unknown]>(pairs: readonly T[], pair: T): T[] {
  return pairs.filter(([left, right]) => left !== pair[0] || right !== pair[1])
}
