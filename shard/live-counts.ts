// Changed counts: which tweets have new counts, and who was shown them. Once a second the tweets whose counts have
// changed are matched against what each socket was shown. Owned by Live.

import type { Fields } from '../protocol/fields.ts'
import type { TweetId } from '../protocol/ids.ts'
import { encodeFields } from '../protocol/message-pack.ts'
import type { Push } from '../protocol/operation.ts'
import { tweetCounts } from '../protocol/pushes/tweet-counts.ts'
import { type Gateway, type Subscriber, shownTweetsMax } from './live-subscribers.ts'
import { mayRead } from './operations/visibility.ts'
import type { ShardState } from './state/shard-state.ts'

/** Tweets whose changed counts wait for the next second; more than this wait for their next change. */
export const changedTweetsMax = 65_536

/** Sends one push to the recipients that were added to the gateways. */
export type Send = (push: Push<Fields>, encode: () => Uint8Array) => void

export class ChangedCounts {
  readonly #state: ShardState
  readonly #changed = new Set<number>()

  constructor(state: ShardState) {
    this.#state = state
  }

  note(tweetId: TweetId): void {
    if (this.#changed.size >= changedTweetsMax) return
    const tweet = this.#state.tweets.find(tweetId)
    if (tweet >= 0) this.#changed.add(tweet)
  }

  /** Pushes the counts that have changed since the last call. */
  flush(gateways: Iterable<Gateway>, send: Send): void {
    const { tweets } = this.#state
    for (const tweet of this.#changed) {
      if (tweets.find(tweets.idOf(tweet)) < 0) this.#changed.delete(tweet)
    }
    if (this.#changed.size === 0) return
    const interested = new Map<number, Subscriber[]>()
    for (const gateway of gateways) {
      for (const subscriber of gateway.subscribers.values()) this.#match(subscriber, interested)
    }
    this.#changed.clear()
    for (const [tweet, subscribers] of interested) {
      for (const { gateway, slot } of subscribers) gateway.addRecipient(slot)
      send(tweetCounts, () =>
        encodeFields(tweetCounts.data, {
          tweetId: tweets.idOf(tweet),
          favorites: tweets.favorites.get(tweet),
          retweets: tweets.retweets.get(tweet),
          replies: tweets.replies.get(tweet),
        }),
      )
    }
  }

  #match(subscriber: Subscriber, interested: Map<number, Subscriber[]>): void {
    const { shown } = subscriber
    const count = Math.min(subscriber.shownCount, shownTweetsMax)
    for (let place = 0; place < count; place++) {
      const tweet = shown[place]! - 1
      if (!this.#changed.has(tweet)) continue
      if (!mayRead(this.#state, { reader: subscriber.user, tweet })) continue
      const subscribers = interested.get(tweet)
      if (subscribers === undefined) interested.set(tweet, [subscriber])
      // A tweet may have been shown several times.
      else if (subscribers.at(-1) !== subscriber) subscribers.push(subscriber)
    }
  }
}
