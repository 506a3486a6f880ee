// What the server has to show, worked out from what it has acknowledged. Pure.
//
// A second, plain implementation of the rules: maps and sorting instead of rings and merging. It is
// slow and easy to check by eye, which is what makes it an oracle.
//
//   home      the newest 800 tweets, by id, of those whom the user follows now and of the user; of others, replies
//             only to those whom the user follows as well. Those that are deleted, hidden or repeat another count
//             towards the 800 and are then left out
//   profile   the user's own tweets and retweets that are not deleted, newest first, without what is hidden
//   counts    tweets that are not deleted; followers and following now
//
// Who may see what: oracle-privacy.ts. What the other features add: oracle-features.ts.

import { timelineLengthMax } from '../../protocol/limits.ts'
import { Facts, OracleError } from './facts.ts'
import type { KnownCollection, KnownCounts, KnownTweet } from './known.ts'
import { featureAppliers, follow, unfollow } from './oracle-features.ts'
import { isBlockBetween, isHidden, mayReadUser, mayShow } from './oracle-privacy.ts'
import type { RecordOf, StateRecord } from './records.ts'

export { OracleError } from './facts.ts'
export type { KnownCollection, KnownCounts, KnownTweet, KnownUser } from './known.ts'
export type { StateRecord } from './records.ts'

/** Everything that was acknowledged. */
export class World extends Facts {
  /** By author, newest first; dropped when the author posts. */
  readonly #newestFirst = new Map<number, KnownTweet[]>()

  /** Takes one record in. Throws OracleError for a user or tweet that is not known. */
  apply(record: StateRecord): void {
    appliers[record.type](this, record as never)
    if (record.type === 'tweet') this.#newestFirst.delete(record.authorId)
    if (record.type in featureAppliers) this.hasFeatures = true
  }

  /** The home timeline, newest first. */
  home(userId: number): readonly KnownTweet[] {
    const candidates: KnownTweet[] = []
    for (const authorId of [userId, ...this.user(userId).follows]) {
      const tweets = this.#tweetsOf(authorId).filter((tweet) => this.#belongsTo(userId, tweet))
      candidates.push(...tweets.slice(0, timelineLengthMax))
    }
    const entries = candidates.sort(newestFirst).slice(0, timelineLengthMax)
    return onceEach(entries.filter((tweet) => !this.isGone(tweet) && mayShow(this, userId, tweet)))
  }

  /** Whether a tweet comes to a user of its own accord, as far as no other one shows the same. */
  comesTo(userId: number, tweet: KnownTweet): boolean {
    const { authorId } = tweet
    const isHeard = authorId === userId || this.user(userId).follows.has(authorId)
    if (!isHeard || !this.#belongsTo(userId, tweet)) return false
    return !this.isGone(tweet) && mayShow(this, userId, tweet)
  }

  /** The user's own tweets, as a reader sees them, newest first. */
  profile(userId: number, readerId = userId): readonly KnownTweet[] {
    return this.#tweetsOf(userId).filter((tweet) => !this.isHidden(readerId, tweet))
  }

  counts(userId: number): KnownCounts {
    const { follows, followers, tweets } = this.user(userId)
    return {
      tweets: tweets.filter((tweet) => !tweet.isDeleted && tweet.retweetOf === undefined).length,
      followers: followers.size,
      following: follows.size,
    }
  }

  /** Gone, or not for this reader. */
  isHidden(readerId: number, tweet: KnownTweet): boolean {
    return isHidden(this, readerId, tweet)
  }

  /** All tweets, apart from retweets, that a reader may see and that are wanted, newest first. */
  found(readerId: number, isWanted: (tweet: KnownTweet) => boolean): readonly KnownTweet[] {
    return [...this.tweets.values()]
      .filter((tweet) => tweet.retweetOf === undefined && isWanted(tweet))
      .filter((tweet) => !this.isHidden(readerId, tweet))
      .sort(newestFirst)
  }

  /** What a reader sees of the answers to a tweet, newest first. */
  replies(readerId: number, tweet: KnownTweet): readonly KnownTweet[] {
    return tweet.replies.filter((reply) => !this.isHidden(readerId, reply)).sort(newestFirst)
  }

  mayReadCollection(readerId: number, { ownerId, isPrivate }: KnownCollection): boolean {
    return ownerId === readerId || (!isPrivate && mayReadUser(this, readerId, ownerId))
  }

  /** The members that a list has for its readers, the newest account first. */
  members({ ownerId, items }: KnownCollection): readonly number[] {
    return items
      .filter((user) => !this.isAway(user) && !isBlockBetween(this, ownerId, user))
      .sort((one, other) => other - one)
  }

  /** What the members of a list have written, newest first. */
  listTimeline(readerId: number, list: KnownCollection): readonly KnownTweet[] {
    const tweets = this.members(list).flatMap((user) => this.profile(user, readerId))
    return onceEach(tweets.sort(newestFirst))
  }

  /** Everybody sees their own tweets; of others, replies only to those whom they follow as well. */
  #belongsTo(userId: number, { authorId, inReplyTo }: KnownTweet): boolean {
    if (inReplyTo === undefined || authorId === userId) return true
    const repliedTo = this.tweet(inReplyTo).authorId
    return [authorId, userId].includes(repliedTo) || this.user(userId).follows.has(repliedTo)
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

export function newestFirst(one: KnownTweet, other: KnownTweet): number {
  return other.id - one.id
}

/** Without the retweets of what is there in another way: itself, or by an older retweet. */
function onceEach(tweets: readonly KnownTweet[]): readonly KnownTweet[] {
  const shown = new Set<number>()
  for (const { id, retweetOf } of tweets) if (retweetOf === undefined) shown.add(id)
  const kept = new Set<KnownTweet>()
  for (const tweet of [...tweets].reverse()) {
    const original = tweet.retweetOf
    if (original === undefined) kept.add(tweet)
    else if (!shown.has(original)) {
      shown.add(original)
      kept.add(tweet)
    }
  }
  return tweets.filter((tweet) => kept.has(tweet))
}

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
    for (const followeeId of followeeIds) follow(world, { userId, followeeId })
  },
  follow,
  unfollow,
  tweet: (world, { type: _, ...posted }) => {
    const marks = { favoritedBy: new Set<number>(), replies: [], retweets: [] }
    const tweet = { ...posted, ...marks, isDeleted: false }
    if (world.tweets.has(tweet.id)) throw new OracleError(`two tweets have the id ${tweet.id}`)
    world.tweets.set(tweet.id, tweet)
    world.user(tweet.authorId).tweets.push(tweet)
    if (tweet.inReplyTo !== undefined) world.tweet(tweet.inReplyTo).replies.push(tweet)
    if (tweet.retweetOf !== undefined) world.tweet(tweet.retweetOf).retweets.push(tweet)
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
  ...featureAppliers,
}
