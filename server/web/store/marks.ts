// What a reader marks: favorites, bookmarks, retweets, follows. Shown at once, taken back if refused.
//
// Of one mark, one call is in flight. Whoever changes their mind meanwhile changes what is wanted; when the
// answer comes and is not what is wanted by then, the next call goes out. So clicks in a row end as the
// last one said, in whatever order the network answers.

import type { Tweet, User } from '../../../protocol/entities.ts'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Call } from '../wire/call.ts'
import type { Entities } from './entities.ts'

type Parts = {
  readonly call: Call
  readonly entities: Entities
  readonly onRefused: (error: ErrorBody) => void
}

type Mark = {
  /** Tells the server; what it answers is taken in. */
  readonly send: (isWanted: boolean) => Promise<void>
  /** Shows the mark as set or not set. */
  readonly show: (isSet: boolean) => void
}

type Running = { isWanted: boolean }

type Relation = NonNullable<User['viewer']>

const noRelation: Relation = {
  following: false,
  followedBy: false,
  requested: false,
  muting: false,
  blocking: false,
}
const noViewer = { favorited: false, retweeted: false, bookmarked: false } as const

export class Marks {
  readonly #call: Call
  readonly #entities: Entities
  readonly #onRefused: (error: ErrorBody) => void
  /** Calls in flight, by what they mark: as many as a person has clicked within an answer's time. */
  readonly #running = new Map<string, Running>()

  constructor({ call, entities, onRefused }: Parts) {
    this.#call = call
    this.#entities = entities
    this.#onRefused = onRefused
  }

  favorite(tweetId: TweetId, isWanted: boolean): Promise<void> {
    const mark: Mark = {
      send: async (isSet) => {
        const name = isSet ? 'tweet.favorite' : 'tweet.unfavorite'
        const { favorites } = await this.#call(name, { tweetId })
        this.#count(tweetId, { favorites })
      },
      show: (isSet) =>
        this.#showOnTweet(tweetId, { viewer: 'favorited', count: 'favorites' }, isSet),
    }
    return this.#set(`favorite ${tweetId}`, mark, isWanted)
  }

  retweet(tweetId: TweetId, isWanted: boolean): Promise<void> {
    const mark: Mark = {
      send: async (isSet) => {
        await this.#call(isSet ? 'tweet.retweet' : 'tweet.unretweet', { tweetId })
      },
      show: (isSet) =>
        this.#showOnTweet(tweetId, { viewer: 'retweeted', count: 'retweets' }, isSet),
    }
    return this.#set(`retweet ${tweetId}`, mark, isWanted)
  }

  bookmark(tweetId: TweetId, isWanted: boolean): Promise<void> {
    const mark: Mark = {
      send: async (isSet) => {
        await this.#call(isSet ? 'tweet.bookmark' : 'tweet.unbookmark', { tweetId })
      },
      show: (isSet) => this.#showOnTweet(tweetId, { viewer: 'bookmarked' }, isSet),
    }
    return this.#set(`bookmark ${tweetId}`, mark, isWanted)
  }

  follow(userId: UserId, isWanted: boolean): Promise<void> {
    // As the server told it last: what is taken back may be a follow or a request, whatever the account is by now.
    let told = this.#entities.user(userId)?.viewer ?? noRelation
    const mark: Mark = {
      send: async (isSet) => {
        const name = isSet ? 'user.follow' : 'user.unfollow'
        const { user } = await this.#call(name, { userId })
        this.#entities.learnUser(user)
        told = user.viewer ?? told
      },
      show: (isSet) => this.#showFollow(userId, isSet, told),
    }
    return this.#set(`follow ${userId}`, mark, isWanted)
  }

  async #set(key: string, mark: Mark, isWanted: boolean): Promise<void> {
    mark.show(isWanted)
    const running = this.#running.get(key)
    if (running !== undefined) {
      running.isWanted = isWanted
      return
    }
    const mine: Running = { isWanted }
    this.#running.set(key, mine)
    let isSet = !isWanted
    try {
      while (isSet !== mine.isWanted) {
        const next = mine.isWanted
        await mark.send(next)
        isSet = next
        // The answer may have drawn over what is wanted by now.
        mark.show(mine.isWanted)
      }
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      mark.show(isSet)
      this.#onRefused(error.body)
    } finally {
      this.#running.delete(key)
    }
  }

  #showOnTweet(
    id: TweetId,
    names: { viewer: keyof NonNullable<Tweet['viewer']>; count?: 'favorites' | 'retweets' },
    isSet: boolean,
  ): void {
    this.#entities.changeTweet(id, (tweet) => {
      const viewer = tweet.viewer ?? noViewer
      if (viewer[names.viewer] === isSet) return tweet
      const counts = { ...tweet.counts }
      if (names.count !== undefined) {
        counts[names.count] = Math.max(0, counts[names.count] + (isSet ? 1 : -1))
      }
      return { ...tweet, counts, viewer: { ...viewer, [names.viewer]: isSet } }
    })
  }

  #count(id: TweetId, counts: Partial<Tweet['counts']>): void {
    this.#entities.changeTweet(id, (tweet) => ({
      ...tweet,
      counts: { ...tweet.counts, ...counts },
    }))
  }

  #showFollow(userId: UserId, isSet: boolean, told: Relation): void {
    this.#entities.changeUser(userId, (user) => {
      const viewer = user.viewer ?? noRelation
      const { following, requested } = isOne(told) === isSet ? told : guessed(user, isSet)
      if (viewer.following === following && viewer.requested === requested) return user
      const step = Number(following) - Number(viewer.following)
      const followers = Math.max(0, user.counts.followers + step)
      return {
        ...user,
        counts: { ...user.counts, followers },
        viewer: { ...viewer, following, requested },
      }
    })
  }
}

/** Whether the reader follows, or has asked to. */
function isOne({ following, requested }: Relation): boolean {
  return following || requested
}

/** What becomes of a follow before the server says so: a protected account is asked first. */
function guessed(user: User, isSet: boolean): Pick<Relation, 'following' | 'requested'> {
  return { following: isSet && !user.protected, requested: isSet && user.protected }
}
