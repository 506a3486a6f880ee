// Every tweet and user that the client has seen, once each, whichever list they came by.
//
// Pushes and lists for everybody come without `viewer`: what is known of the reader stays then.

import type { Tweet, User } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { tweetsKnownMax, usersKnownMax } from '../wire/limits.ts'
import type { Cell } from './cell.ts'
import { CellMap } from './cell.ts'

/** `gone`: it was deleted, or cannot be seen any more. */
export type Known<T> = T | 'gone'

type Page = {
  readonly tweets?: readonly Tweet[]
  readonly referenced?: readonly Tweet[]
  readonly users?: readonly User[]
}

export class Entities {
  readonly #tweets = new CellMap<TweetId, Known<Tweet>>(tweetsKnownMax)
  readonly #users = new CellMap<UserId, User>(usersKnownMax)
  readonly #idsByHandle = new Map<string, UserId>()

  tweetCell(id: TweetId): Cell<Known<Tweet> | undefined> {
    return this.#tweets.cell(id)
  }

  userCell(id: UserId): Cell<User | undefined> {
    return this.#users.cell(id)
  }

  /** The tweet, where it is known and there. */
  tweet(id: TweetId): Tweet | undefined {
    const known = this.#tweets.get(id)
    return known === 'gone' ? undefined : known
  }

  user(id: UserId): User | undefined {
    return this.#users.get(id)
  }

  userByHandle(handle: string): User | undefined {
    const id = this.#idsByHandle.get(handle.toLowerCase())
    return id === undefined ? undefined : this.#users.get(id)
  }

  /** Takes in all that an answer or a push brought. */
  learn(page: Page): void {
    for (const user of page.users ?? []) this.learnUser(user)
    for (const tweet of page.referenced ?? []) this.learnTweet(tweet)
    for (const tweet of page.tweets ?? []) this.learnTweet(tweet)
  }

  learnTweet(tweet: Tweet): void {
    this.#tweets.cell(tweet.id).update((known) => {
      if (known === 'gone') return known
      const viewer = tweet.viewer ?? known?.viewer
      return viewer === undefined ? tweet : { ...tweet, viewer }
    })
  }

  learnUser(user: User): void {
    if (this.#idsByHandle.size >= usersKnownMax) this.#idsByHandle.clear()
    this.#idsByHandle.set(user.handle.toLowerCase(), user.id)
    this.#users.cell(user.id).update((known) => {
      const viewer = user.viewer ?? known?.viewer
      return viewer === undefined ? user : { ...user, viewer }
    })
  }

  changeTweet(id: TweetId, change: (tweet: Tweet) => Tweet): void {
    const known = this.tweet(id)
    if (known !== undefined) this.#tweets.cell(id).set(change(known))
  }

  changeUser(id: UserId, change: (user: User) => User): void {
    const known = this.user(id)
    if (known !== undefined) this.#users.cell(id).set(change(known))
  }

  /** The tweet is shown no more, and neither are retweets of it. */
  remove(id: TweetId): void {
    this.#tweets.cell(id).set('gone')
    for (const tweet of [...this.#tweets.values()]) {
      if (tweet !== 'gone' && tweet.retweetOf === id) this.#tweets.cell(tweet.id).set('gone')
    }
  }
}
