// What the server has to show, worked out from what it has acknowledged. Pure.
//
// A second, plain implementation of the rules: maps and sorting instead of rings and merging. It is
// slow and easy to check by eye, which is what makes it an oracle.
//
//   home      the newest 800 tweets, by id, of those whom the user follows now and of the user; the
//             deleted ones count towards the 800 and are then left out
//   profile   the user's own tweets that are not deleted, newest first
//   counts    tweets that are not deleted; followers and following now

import { timelineLengthMax } from '../protocol/limits.ts'

/** One acknowledged write, as it stands on a line of the state file. */
export type StateRecord =
  | { readonly type: 'run'; readonly version: 1; readonly url: string; readonly seed: string }
  | {
      readonly type: 'user'
      readonly id: number
      readonly handle: string
      readonly name: string
      readonly createdAt: number
      /** Secret. Empty for a user who was brought in and never signed in. */
      readonly token: string
    }
  /** Follows that were brought in, as many as one user has. */
  | { readonly type: 'follows'; readonly userId: number; readonly followeeIds: readonly number[] }
  | { readonly type: 'follow' | 'unfollow'; readonly userId: number; readonly followeeId: number }
  | {
      readonly type: 'tweet'
      readonly id: number
      readonly authorId: number
      readonly text: string
      readonly createdAt: number
    }
  | { readonly type: 'delete'; readonly tweetId: number }
  | { readonly type: 'favorite' | 'unfavorite'; readonly userId: number; readonly tweetId: number }
  /** A write that got no answer until the end: it may have taken effect. */
  | { readonly type: 'unsure'; readonly kind: string; readonly userId: number }

export type KnownUser = {
  readonly id: number
  readonly handle: string
  readonly name: string
  readonly createdAt: number
  /** Empty for a user whom nobody can read the timeline of. */
  readonly token: string
  readonly follows: Set<number>
  readonly followers: Set<number>
  /** Deleted ones included, in the order of acknowledgement. */
  readonly tweets: KnownTweet[]
}

export type KnownTweet = {
  readonly id: number
  readonly authorId: number
  readonly text: string
  readonly createdAt: number
  readonly favoritedBy: Set<number>
  isDeleted: boolean
}

export type KnownCounts = {
  readonly tweets: number
  readonly followers: number
  readonly following: number
}

/** Thrown for records that contradict each other: the state file is not a whole one. */
export class OracleError extends Error {
  override readonly name = 'OracleError'
}

/** Everything that was acknowledged. */
export class World {
  readonly users = new Map<number, KnownUser>()
  readonly tweets = new Map<number, KnownTweet>()
  url: string | undefined
  unsureCount = 0
  /** By author, newest first; dropped when the author posts. */
  readonly #newestFirst = new Map<number, KnownTweet[]>()

  /** Takes one record in. Throws OracleError for a user or tweet that is not known. */
  apply(record: StateRecord): void {
    appliers[record.type](this, record as never)
    if (record.type === 'tweet') this.#newestFirst.delete(record.authorId)
  }

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

  /** The home timeline, newest first. */
  home(userId: number): readonly KnownTweet[] {
    const candidates: KnownTweet[] = []
    for (const authorId of [userId, ...this.user(userId).follows]) {
      candidates.push(...this.#tweetsOf(authorId).slice(0, timelineLengthMax))
    }
    return candidates
      .sort(newestFirst)
      .slice(0, timelineLengthMax)
      .filter((tweet) => !tweet.isDeleted)
  }

  /** The user's own tweets, newest first. */
  profile(userId: number): readonly KnownTweet[] {
    return this.#tweetsOf(userId).filter((tweet) => !tweet.isDeleted)
  }

  counts(userId: number): KnownCounts {
    const { follows, followers } = this.user(userId)
    return {
      tweets: this.profile(userId).length,
      followers: followers.size,
      following: follows.size,
    }
  }

  #tweetsOf(authorId: number): readonly KnownTweet[] {
    let sorted = this.#newestFirst.get(authorId)
    if (sorted === undefined) {
      sorted = [...this.user(authorId).tweets].sort(newestFirst)
      this.#newestFirst.set(authorId, sorted)
    }
    return sorted
  }
}

function newestFirst(one: KnownTweet, other: KnownTweet): number {
  return other.id - one.id
}

/** The member of the union whose `type` may be T. */
type RecordOf<T, R = StateRecord> = R extends { readonly type: infer U }
  ? T extends U
    ? R
    : never
  : never

/** What each type of record does to the world. */
const appliers: {
  readonly [T in StateRecord['type']]: (world: World, record: RecordOf<T>) => void
} = {
  run: (world, record) => {
    world.url = record.url
  },
  user: (world, { type: _, ...user }) => {
    world.users.set(user.id, { ...user, follows: new Set(), followers: new Set(), tweets: [] })
  },
  follows: (world, { userId, followeeIds }) => {
    for (const followeeId of followeeIds) addFollow(world, { userId, followeeId })
  },
  follow: (world, pair) => addFollow(world, pair),
  unfollow: (world, { userId, followeeId }) => {
    world.user(userId).follows.delete(followeeId)
    world.user(followeeId).followers.delete(userId)
  },
  tweet: (world, { type: _, ...posted }) => {
    const tweet = { ...posted, favoritedBy: new Set<number>(), isDeleted: false }
    if (world.tweets.has(tweet.id)) throw new OracleError(`two tweets have the id ${tweet.id}`)
    world.tweets.set(tweet.id, tweet)
    world.user(tweet.authorId).tweets.push(tweet)
  },
  delete: (world, { tweetId }) => {
    world.tweet(tweetId).isDeleted = true
  },
  favorite: (world, { userId, tweetId }) => {
    world.tweet(tweetId).favoritedBy.add(userId)
  },
  unfavorite: (world, { userId, tweetId }) => {
    world.tweet(tweetId).favoritedBy.delete(userId)
  },
  unsure: (world) => {
    world.unsureCount++
  },
}

function addFollow(
  world: World,
  { userId, followeeId }: { readonly userId: number; readonly followeeId: number },
): void {
  world.user(userId).follows.add(followeeId)
  world.user(followeeId).followers.add(userId)
}
