// Who carries a tweet into the timelines, for the measures of a celebrity's tweet: the fan-out of the
// shard, set up as the shard process does it, with a word to whoever waits for a tweet to arrive.

import { FanOut } from '../../../shard/fanout/fan-out.ts'
import { sharedMemoryOf, startFanOutPool } from '../../../shard/fanout/pool.ts'
import type { ShardState } from '../../../shard/state/shard-state.ts'

/** Followers from which on a tweet goes through the workers. */
const followersMin = 20_000

export class Carrier {
  readonly #state: ShardState
  readonly #fanOut: FanOut
  readonly #waiting = new Map<number, () => void>()

  constructor({ state, workers }: { readonly state: ShardState; readonly workers: number }) {
    this.#state = state
    state.largeDeliveryMin = followersMin
    this.#fanOut = new FanOut({
      state,
      workers,
      startPool: () => startFanOutPool(sharedMemoryOf(state), workers),
      started: () => () => undefined,
      onDelivered: (tweetId) => this.#waiting.get(tweetId)?.(),
      onError: (error) => {
        throw error
      },
      onFatal: (error) => {
        throw error
      },
    })
  }

  /** Delivers, or begins to: what an author waits for. */
  deliver(author: number, tweetId: number): void {
    this.#state.deliver(author, tweetId)
  }

  /** @returns when the tweet, of somebody with very many followers, is in every ring where it belongs */
  async deliverToAll(author: number, tweetId: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.set(tweetId, resolve)
    this.deliver(author, tweetId)
    await promise
    this.#waiting.delete(tweetId)
  }

  async close(): Promise<void> {
    await this.#fanOut.close()
  }
}
