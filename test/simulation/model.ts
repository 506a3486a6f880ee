// The model: what Rookery promises, in plain arrays, as naive as can be.

export type ModelTweet = {
  readonly id: number
  readonly author: number
  readonly text: string
  readonly inReplyTo: number | undefined
  isDeleted: boolean
}

export type ModelUser = { readonly id: number; readonly handle: string }

export class Model {
  readonly users: ModelUser[] = []
  readonly tweets: ModelTweet[] = []
  /** Pairs [follower, followee]. */
  follows: [number, number][] = []
  /** Pairs [user, tweet]. */
  favorites: [number, number][] = []

  doesFollow(follower: number, followee: number): boolean {
    return this.follows.some(([from, to]) => from === follower && to === followee)
  }

  follow(follower: number, followee: number): void {
    if (!this.doesFollow(follower, followee)) this.follows.push([follower, followee])
  }

  unfollow(follower: number, followee: number): void {
    this.follows = this.follows.filter(([from, to]) => from !== follower || to !== followee)
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

  /** Newest first. A home timeline is the newest 800 by definition; no run makes that many. */
  home(user: number): ModelTweet[] {
    return this.#newestFirst(
      (tweet) => tweet.author === user || this.doesFollow(user, tweet.author),
    )
  }

  profile(user: number): ModelTweet[] {
    return this.#newestFirst((tweet) => tweet.author === user)
  }

  tweetCounts(id: number): { favorites: number; retweets: number; replies: number } {
    return {
      favorites: this.favorites.filter(([, tweet]) => tweet === id).length,
      retweets: 0,
      replies: this.tweets.filter((tweet) => tweet.inReplyTo === id && !tweet.isDeleted).length,
    }
  }

  userCounts(id: number): { tweets: number; followers: number; following: number } {
    return {
      tweets: this.profile(id).length,
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

  #newestFirst(isIn: (tweet: ModelTweet) => boolean): ModelTweet[] {
    return this.tweets
      .filter((tweet) => !tweet.isDeleted && isIn(tweet))
      .sort((left, right) => right.id - left.id)
  }
}

function newest(ids: number[]): number[] {
  return ids.sort((left, right) => right - left)
}
