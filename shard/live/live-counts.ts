// Changed counts: which tweets have new counts. Once a second those who show them are told, whatever happened to a
// tweet meanwhile, in as many turns of the event loop as that takes. Owned by Live.

import type { Fields } from '../../protocol/fields.ts'
import type { TweetId } from '../../protocol/ids.ts'
import { encodeFields } from '../../protocol/message-pack.ts'
import type { Push } from '../../protocol/operation.ts'
import { tweetCounts } from '../../protocol/pushes/tweet-counts.ts'
import { mayRead } from '../operations/visibility.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { Gateway, Subscriber } from './live-subscribers.ts'
import { type Defer, Turns } from './live-turns.ts'
import { tellViewers } from './live-viewers.ts'

/** Tweets whose changed counts wait for the next second; more than this wait for their next change. */
export const changedTweetsMax = 65_536

/** Sends one push to the recipients that were added to the gateways. */
export type Send = (push: Push<Fields>, encode: () => Uint8Array) => void

export class ChangedCounts {
  readonly #state: ShardState
  readonly #turns: Turns
  #changed = new Set<number>()

  constructor(state: ShardState, defer: Defer) {
    this.#state = state
    this.#turns = new Turns(defer)
  }

  note(tweetId: TweetId): void {
    if (this.#changed.size >= changedTweetsMax) return
    const tweet = this.#state.tweets.find(tweetId)
    if (tweet >= 0) this.#changed.add(tweet)
  }

  /** Pushes the counts that have changed since the last call; the next time where that one is not at its end. */
  flush(gateways: Iterable<Gateway>, send: Send): void {
    if (this.#changed.size === 0 || this.#turns.isBusy) return
    const { tweets } = this.#state
    const changed = this.#changed
    this.#changed = new Set()
    const telling = {
      gateways,
      isFor: ({ user }: Subscriber, tweet: number) =>
        tweets.isShown(tweet) && mayRead(this.#state, { reader: user, tweet }),
      tell: (tweet: number) => send(tweetCounts, () => this.#encode(tweet)),
    }
    this.#turns.start(tellViewers(changed, telling))
  }

  #encode(tweet: number): Uint8Array {
    const { tweets } = this.#state
    return encodeFields(tweetCounts.data, {
      tweetId: tweets.idOf(tweet),
      favorites: tweets.favorites.get(tweet),
      retweets: tweets.retweets.get(tweet),
      replies: tweets.replies.get(tweet),
    })
  }
}
