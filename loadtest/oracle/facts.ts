// The facts that acknowledged writes add up to, and the plain questions about them. Which of them who is shown, by what
// rules, is the business of the oracle (oracle.ts, oracle-privacy.ts).

import type { KnownCollection, KnownPromotion, KnownTweet, KnownUser } from './known.ts'
import { Pairs } from './known.ts'

/** Thrown for records that contradict each other: the state file is not a whole one. */
export class OracleError extends Error {
  override readonly name = 'OracleError'
}

export class Facts {
  readonly users = new Map<number, KnownUser>()
  readonly tweets = new Map<number, KnownTweet>()
  readonly collections = new Map<number, KnownCollection>()
  /** Collections that are not there any more. */
  readonly dropped = new Set<number>()
  readonly protectedUsers = new Set<number>()
  /** Those who are protected, or were at some time. */
  readonly onceProtected = new Set<number>()
  /** Those who have deleted their account. */
  readonly gone = new Set<number>()
  /** Those whom operators have suspended. */
  readonly suspended = new Set<number>()
  /** Who blocks whom, has muted whom, has asked whom to let them follow. */
  readonly blocks = new Pairs<number>()
  readonly mutes = new Pairs<number>()
  readonly asked = new Pairs<number>()
  readonly mutedWords = new Pairs<string>()
  /** Users and tweets. */
  readonly mutedThreads = new Pairs<number>()
  readonly bookmarks = new Pairs<number>()
  /** Users and what stands on top of their profiles. */
  readonly pinned = new Map<number, number>()
  readonly promotions = new Map<number, KnownPromotion>()
  /** Advertisers, and what was credited to them in all. */
  readonly funded = new Map<number, number>()
  url: string | undefined
  unsureCount = 0
  /** Whether anything happened beside posts, follows and favorites. */
  hasFeatures = false

  user(id: number): KnownUser {
    const user = this.users.get(id)
    if (user === undefined) throw new OracleError(`there is no user ${id}`)
    return user
  }

  tweet(id: number): KnownTweet {
    const tweet = this.tweets.get(id)
    if (tweet === undefined) throw new OracleError(`there is no tweet ${id}`)
    return tweet
  }

  collection(id: number): KnownCollection {
    const collection = this.collections.get(id)
    if (collection === undefined) throw new OracleError(`there is no collection ${id}`)
    return collection
  }

  promotion(id: number): KnownPromotion {
    const promotion = this.promotions.get(id)
    if (promotion === undefined) throw new OracleError(`there is no promotion ${id}`)
    return promotion
  }

  /** Whether a user can do nothing any more. */
  isAway(userId: number): boolean {
    return this.gone.has(userId) || this.suspended.has(userId)
  }

  /** The original of a retweet; any other tweet itself. */
  original(tweet: KnownTweet): KnownTweet {
    return tweet.retweetOf === undefined ? tweet : this.tweet(tweet.retweetOf)
  }

  /** A retweet goes with its original. */
  isGone(tweet: KnownTweet): boolean {
    return tweet.isDeleted || this.original(tweet).isDeleted
  }

  /** The retweet that there is of an original, also where that is deleted. */
  retweetBy(userId: number, original: KnownTweet): KnownTweet | undefined {
    return original.retweets.find((tweet) => tweet.authorId === userId && !tweet.isDeleted)
  }
}
