// The model: what Rookery promises, in plain arrays, as naive as can be.

import type { Visibility } from '../../protocol/entities.ts'
import { ModelAccounts } from './model-accounts.ts'
import { type ModelCollection, ModelCollections } from './model-collections.ts'
import { ModelNotices } from './model-notices.ts'
import { ModelOperators } from './model-operators.ts'
import { hasPair, ModelPrivacy } from './model-privacy.ts'

export type ModelTweet = {
  readonly id: number
  readonly author: number
  readonly text: string
  readonly inReplyTo: number | undefined
  readonly quoteOf?: number
  readonly retweetOf?: number
  readonly visibility?: Visibility
  /** Users whom the text mentions. */
  readonly mentions?: readonly number[]
  /** Those of them whom the author's shard had heard of. */
  readonly told?: readonly number[]
  /** Ids of what it shows. */
  readonly photos?: readonly string[]
  readonly tag?: string
  readonly location?: { readonly latitude: number; readonly longitude: number }
  isDeleted: boolean
}

export type ModelUser = { readonly id: number; readonly handle: string; name: string }

export class Model {
  users: ModelUser[] = []
  /** Handles of those who have deleted their account, and who that was. */
  readonly reserved = new Set<string>()
  readonly gone: number[] = []
  readonly tweets: ModelTweet[] = []
  /** Pairs [follower, followee]. */
  follows: [number, number][] = []
  /** Pairs [user, tweet]. */
  favorites: [number, number][] = []
  bookmarks: [number, number][] = []
  /** User to the tweet on top of their profile. */
  readonly pinned = new Map<number, number>()
  /** Pairs [user, photo]. */
  readonly uploads: [number, number][] = []
  readonly privacy = new ModelPrivacy((follower, followee) => this.doesFollow(follower, followee))
  readonly collections = new ModelCollections()
  readonly notifications = new ModelNotices()
  readonly accounts = new ModelAccounts()
  readonly operators = new ModelOperators()

  /** An account is deleted with all that belongs to it. */
  leave(user: number): void {
    const isTheirs = (pair: readonly [number, unknown]) => pair[0] === user
    this.reserved.add(this.users.find(({ id }) => id === user)!.handle)
    this.gone.push(user)
    this.users = this.users.filter(({ id }) => id !== user)
    for (const tweet of this.tweets) if (tweet.author === user) tweet.isDeleted = true
    this.follows = this.follows.filter((pair) => !pair.includes(user))
    this.favorites = this.favorites.filter((pair) => !isTheirs(pair))
    this.bookmarks = this.bookmarks.filter((pair) => !isTheirs(pair))
    this.privacy.requests = this.privacy.requests.filter((pair) => !pair.includes(user))
    this.pinned.delete(user)
    this.collections.leave(user)
    this.accounts.leave(user)
    this.operators.leave(user)
  }

  doesFollow(follower: number, followee: number): boolean {
    return this.follows.some(([from, to]) => from === follower && to === followee)
  }

  follow(follower: number, followee: number): void {
    if (!this.doesFollow(follower, followee)) this.follows.push([follower, followee])
  }

  unfollow(follower: number, followee: number): void {
    this.follows = this.follows.filter(([from, to]) => from !== follower || to !== followee)
    this.notifications.unfollowed(follower, followee)
  }

  hasFavorite(user: number, tweet: number): boolean {
    return this.favorites.some(([who, what]) => who === user && what === tweet)
  }

  favorite(user: number, tweet: number): void {
    if (!this.hasFavorite(user, tweet)) this.favorites.push([user, tweet])
  }

  unfavorite(user: number, tweet: number): void {
    this.favorites = this.favorites.filter(([who, what]) => who !== user || what !== tweet)
  }

  tweet(id: number): ModelTweet | undefined {
    return this.tweets.find((tweet) => tweet.id === id)
  }

  /** The original of a retweet; any other tweet itself. */
  original(tweet: ModelTweet): ModelTweet {
    return tweet.retweetOf === undefined ? tweet : this.tweet(tweet.retweetOf)!
  }

  /** A retweet goes with its original. */
  isGone(tweet: ModelTweet): boolean {
    return tweet.isDeleted || this.original(tweet).isDeleted
  }

  /** The retweet that there is of an original, also where that is deleted. */
  retweetBy(user: number, original: number): ModelTweet | undefined {
    return this.tweets.find(
      (tweet) => tweet.author === user && tweet.retweetOf === original && !tweet.isDeleted,
    )
  }

  /** Newest first. A home timeline is the newest 800 by definition; no run makes that many. */
  home(user: number): ModelTweet[] {
    const tweets = this.#newestFirst(
      (tweet) => this.belongsTo(user, tweet) && this.mayShow(user, tweet),
    )
    return onceEach(tweets)
  }

  /** Everybody sees their own tweets; of others, replies only to those whom they follow as well. */
  belongsTo(user: number, tweet: ModelTweet): boolean {
    const follows = (other: number) => other === user || this.doesFollow(user, other)
    const parent = tweet.inReplyTo === undefined ? undefined : this.tweet(tweet.inReplyTo)
    const repliedTo = parent?.author ?? tweet.author
    const isToSelf = repliedTo === tweet.author
    return tweet.author === user || (follows(tweet.author) && (isToSelf || follows(repliedTo)))
  }

  /** A retweet is read by whoever may read both it and its original. */
  mayRead(reader: number, tweet: ModelTweet): boolean {
    const { privacy } = this
    return privacy.mayRead(reader, tweet) && privacy.mayRead(reader, this.original(tweet))
  }

  /** Gone, or not for this reader. */
  isHidden(reader: number, tweet: ModelTweet): boolean {
    return this.isGone(tweet) || !this.mayRead(reader, tweet)
  }

  /** What comes of its own accord; never is anything of one's own muted. */
  mayShow(reader: number, tweet: ModelTweet): boolean {
    if (!this.mayRead(reader, tweet)) return false
    const { privacy } = this
    const comes = (one: ModelTweet) =>
      one.author === reader || (privacy.mayShow(reader, one) && !this.isInMutedThread(reader, one))
    return tweet.author === reader || (comes(tweet) && comes(this.original(tweet)))
  }

  /** What lies behind a tweet that is gone nobody knows. */
  isInMutedThread(reader: number, { id, inReplyTo, isDeleted }: ModelTweet): boolean {
    if (hasPair(this.privacy.threads, reader, id)) return true
    if (isDeleted || inReplyTo === undefined) return false
    return this.isInMutedThread(reader, this.tweet(inReplyTo)!)
  }

  /** The tweets that others refer to, unless they are among them, and the rule hides them. */
  referenced(tweets: readonly ModelTweet[], rule: (tweet: ModelTweet) => boolean): number[] {
    const originals = tweets.map((tweet) => this.original(tweet))
    const found = new Set(originals.map(({ id }) => id))
    for (const { quoteOf } of originals) if (quoteOf !== undefined) found.add(quoteOf)
    for (const { id } of tweets) found.delete(id)
    return [...found].filter((id) => !this.tweet(id)!.isDeleted && rule(this.tweet(id)!))
  }

  /** Newest first. */
  replies(id: number, reader: number): ModelTweet[] {
    return this.#newestFirst((tweet) => tweet.inReplyTo === id && this.mayRead(reader, tweet))
  }

  /** What a tweet replies to, the root first, and the hidden one before the first of them. */
  ancestors(
    tweet: ModelTweet,
    reader: number,
  ): { ancestors: number[]; missing: number | undefined } {
    if (tweet.inReplyTo === undefined) return { ancestors: [], missing: undefined }
    const parent = this.tweet(tweet.inReplyTo)!
    if (parent.isDeleted || !this.mayRead(reader, parent)) {
      return { ancestors: [], missing: parent.id }
    }
    const { ancestors, missing } = this.ancestors(parent, reader)
    return { ancestors: [...ancestors, parent.id], missing }
  }

  profile(user: number, reader = user): ModelTweet[] {
    return this.#newestFirst((tweet) => tweet.author === user && this.mayRead(reader, tweet))
  }

  tweetCounts(id: number): { favorites: number; retweets: number; replies: number } {
    return {
      favorites: this.favorites.filter(([, tweet]) => tweet === id).length,
      retweets: this.tweets.filter((tweet) => tweet.retweetOf === id && !tweet.isDeleted).length,
      replies: this.tweets.filter((tweet) => tweet.inReplyTo === id && !tweet.isDeleted).length,
    }
  }

  userCounts(id: number): { tweets: number; followers: number; following: number } {
    return {
      tweets: this.#newestFirst((tweet) => tweet.author === id && tweet.retweetOf === undefined)
        .length,
      followers: this.follows.filter(([, followee]) => followee === id).length,
      following: this.follows.filter(([follower]) => follower === id).length,
    }
  }

  followers(id: number): number[] {
    return newest(
      this.follows.filter(([, followee]) => followee === id).map(([follower]) => follower),
    )
  }

  following(id: number): number[] {
    return newest(
      this.follows.filter(([follower]) => follower === id).map(([, followee]) => followee),
    )
  }

  mayReadCollection(reader: number, { owner, isPrivate }: ModelCollection): boolean {
    return owner === reader || (!isPrivate && this.privacy.mayReadUser(reader, owner))
  }

  /** As in a home timeline, a tweet that several have retweeted is there once. */
  listTimeline(members: readonly number[], reader: number): ModelTweet[] {
    return onceEach(
      this.#newestFirst((tweet) => members.includes(tweet.author) && this.mayRead(reader, tweet)),
    )
  }

  #newestFirst(isIn: (tweet: ModelTweet) => boolean): ModelTweet[] {
    return this.tweets
      .filter((tweet) => !this.isGone(tweet) && isIn(tweet))
      .sort((left, right) => right.id - left.id)
  }
}

/** Without the retweets of what is there in another way: itself, or by an older retweet. */
function onceEach(tweets: readonly ModelTweet[]): ModelTweet[] {
  return tweets.filter(
    (tweet) =>
      tweet.retweetOf === undefined ||
      !tweets.some(
        ({ id, retweetOf }) =>
          id === tweet.retweetOf || (retweetOf === tweet.retweetOf && id < tweet.id),
      ),
  )
}

function newest(ids: number[]): number[] {
  return ids.sort((left, right) => right - left)
}
