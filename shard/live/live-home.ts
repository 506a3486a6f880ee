// The home timelines' channel: who listens to it, and which new tweets they are told of. Owned by Live.
//
// A tweet is pushed when it arrives, one for very many when it has come to the end of its way, and a retweet that
// outran its original when that comes. Whoever has subscribed since has it on the page they were answered with:
//
//   arrival    ... 40   41          42   43        a socket that subscribed here is told of 42 and what comes behind it,
//                          ^ since                  whenever it is pushed

import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { Repeats } from '../operations/repeats.ts'
import { mayShow } from '../operations/visibility.ts'
import type { ShardState } from '../state/shard-state.ts'
import { isInAudience } from '../state/timelines/audience.ts'
import type { Send } from './live-counts.ts'
import { notHome, type Subscriber } from './live-subscribers.ts'
import { TweetPush } from './live-tweet.ts'

type Given = { readonly epoch: string; readonly send: Send; readonly writer: MessagePackWriter }

export class HomeChannel {
  readonly #state: ShardState
  readonly #given: Given
  /** By the reader's dense index. */
  readonly #subscribersOf = new Map<number, Subscriber[]>()

  constructor(state: ShardState, given: Given) {
    this.#state = state
    this.#given = given
  }

  join(subscriber: Subscriber): void {
    const { user, since } = subscriber
    subscriber.since = this.#state.tweets.arrivalCount
    if (since !== notHome) return
    const others = this.#subscribersOf.get(user)
    if (others === undefined) this.#subscribersOf.set(user, [subscriber])
    else others.push(subscriber)
    this.#state.online.set(user, 1)
  }

  leave(subscriber: Subscriber): void {
    if (subscriber.since === notHome) return
    subscriber.since = notHome
    const others = this.#subscribersOf.get(subscriber.user)!
    others.splice(others.indexOf(subscriber), 1)
    if (others.length > 0) return
    this.#subscribersOf.delete(subscriber.user)
    this.#state.online.set(subscriber.user, 0)
  }

  /** Pushes a tweet that has just been delivered, and the retweets that came before it. */
  pushTweet(tweet: number): void {
    this.#pushTo(this.#state.recipients, tweet)
    if (this.#state.retweetsOf.length(tweet) > 0) this.#pushEarlyRetweets(tweet)
  }

  /** Retweets that came before their original are nothing without it, and were not pushed. */
  #pushEarlyRetweets(original: number): void {
    const { tweets, retweetsOf, timelines } = this.#state
    const untold = new Set<number>()
    for (let place = 0; place < retweetsOf.length(original); place++) {
      untold.add(tweets.find(retweetsOf.at(original, place)))
    }
    for (const retweet of [...untold]) {
      untold.delete(retweet)
      // One that is on its way is pushed at its end.
      if (timelines.isUnderWay(tweets.idOf(retweet))) continue
      this.#state.findRecipients(retweet)
      this.#pushTo(this.#state.recipients, retweet, untold)
    }
  }

  /**
   * Pushes a tweet whose large delivery has come to its end. Who has subscribed while it was on its way has
   * found it on the page that came with the answer; who has ended a follow meanwhile is not told any more.
   * A retweet that outran its original was on no page until that came: all are told who had subscribed by
   * then, also those whom the delivery had passed before.
   * @param users who were found online on the way
   */
  pushDelivered(tweetId: number, users: readonly number[]): void {
    const { tweets } = this.#state
    const tweet = tweets.find(tweetId)
    if (tweet < 0) return
    const arrival = tweets.arrivalOf(tweet)
    if (tweets.isRetweet(tweet) && tweets.arrivalOf(tweets.originalOf(tweet)) === arrival) {
      this.#state.findRecipients(tweet)
      this.#pushTo(this.#state.recipients, tweet)
      return
    }
    const still = users.filter((user) => isInAudience(this.#state, { user, tweet }))
    this.#pushTo(still, tweet)
  }

  /** @param untold tweets that their recipients are not told of yet, beside those that are under way */
  #pushTo(users: readonly number[], tweet: number, untold?: ReadonlySet<number>): void {
    if (users.length === 0 || !this.#state.tweets.isShown(tweet)) return
    const { tweets, timelines } = this.#state
    const { epoch, send, writer } = this.#given
    const isTold = (other: number): boolean =>
      !untold?.has(other) && !timelines.isUnderWay(tweets.idOf(other))
    const arrival = tweets.arrivalOf(tweet)
    const isRetweet = tweets.isRetweet(tweet)
    const push = new TweetPush(this.#state, { tweet, epoch })
    for (const user of users) {
      if (!mayShow(this.#state, { reader: user, tweet })) continue
      if (isRetweet && new Repeats(this.#state, user).has(tweet, isTold)) continue
      for (const subscriber of this.#subscribersOf.get(user) ?? []) {
        if (subscriber.since < arrival) push.add(subscriber)
      }
    }
    push.send(send, writer)
  }
}
