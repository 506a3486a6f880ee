// A live home timeline that survives the loss of its socket.
//
// It remembers the position of the last push and gives it on the way back. The server then sends
// exactly what was missed (`recovered`), or says that it cannot and sends the newest page: a hole
// is always told, never hidden (I8). A tweet is handed on once, however often it arrives.

import { setTimeout as delay } from 'node:timers/promises'
import type { Tweet } from '../../protocol/entities.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import { pushes } from '../../protocol/pushes/index.ts'
import type { ClientOptions } from './client.ts'
import { CallFailure, Client } from './client.ts'

export type SubscriptionOptions = Omit<ClientOptions, 'onPush' | 'onLost'> & {
  readonly onTweet: (tweet: Tweet) => void
  /** Where another subscription stood: this one goes on from there. */
  readonly position?: string | undefined
  /** A stretch that the server could not tell any more; the newest page follows as tweets. */
  readonly onHole?: () => void
  readonly onDeleted?: (tweetId: number) => void
  /** The subscription is over: the server does not let the client back in. */
  readonly onEnd?: (failure: CallFailure) => void
}

/** Tweet ids that are remembered so as to recognise a repeat. */
const rememberedMax = 4_096
const returnPauseMsMax = 200

export class Subscription implements AsyncDisposable {
  readonly #options: SubscriptionOptions
  readonly #seen = new Set<number>()
  #client: Client | undefined
  #position: string | undefined
  #isClosed = false
  #isReturning = false
  /** Tweets that came twice: a server may send them so, a reader never sees it. */
  repeats = 0
  returns = 0

  private constructor(options: SubscriptionOptions) {
    this.#options = options
  }

  /** Resolves when the server has confirmed the subscription. Throws CallFailure. */
  static async open(options: SubscriptionOptions): Promise<Subscription> {
    const subscription = new Subscription(options)
    subscription.#position = options.position
    subscription.#client = await Client.open({
      ...options,
      onPush: (event, data) => subscription.#pushed(event, data),
      onLost: () => {
        void subscription.#comeBack()
      },
    })
    // A socket that is lost meanwhile is opened again by this call: a return of its own would ask twice.
    subscription.#isReturning = true
    try {
      await subscription.#subscribe()
    } finally {
      subscription.#isReturning = false
    }
    return subscription
  }

  /** Where the stream stands: give it to another subscription to go on from here. */
  get position(): string | undefined {
    return this.#position
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#client?.close()
  }

  async #subscribe(): Promise<void> {
    const resumed = this.#position
    const answer = await this.#client!.call('live.subscribe', {
      channel: 'home',
      ...(resumed === undefined ? {} : { position: resumed }),
    })
    if (resumed !== undefined && !answer.recovered) this.#options.onHole?.()
    for (const tweet of [...answer.tweets].reverse()) this.#deliver(tweet)
    this.#position = later(this.#position, answer.position)
  }

  async #comeBack(): Promise<void> {
    // A socket that is lost on the way back is opened again by the call that is under way.
    if (this.#isClosed || this.#isReturning) return
    this.#isReturning = true
    this.returns++
    try {
      await delay(Math.random() * returnPauseMsMax)
      if (!this.#isClosed) await this.#subscribe()
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      if (!this.#isClosed) this.#options.onEnd?.(error)
    } finally {
      this.#isReturning = false
    }
  }

  #pushed(event: string, data: Uint8Array): void {
    if (event === 'timeline.tweet') {
      const push = decodeValue({ kind: 'record', fields: pushes[event].data }, data)
      const { tweet, position } = push as { tweet: Tweet; position: string }
      this.#position = later(this.#position, position)
      this.#deliver(tweet)
    } else if (event === 'tweet.deleted') {
      const push = decodeValue({ kind: 'record', fields: pushes[event].data }, data)
      this.#options.onDeleted?.((push as { tweetId: number }).tweetId)
    }
  }

  #deliver(tweet: Tweet): void {
    if (this.#seen.has(tweet.id)) {
      this.repeats++
      return
    }
    this.#seen.add(tweet.id)
    if (this.#seen.size > rememberedMax) {
      const [oldest] = this.#seen
      this.#seen.delete(oldest!)
    }
    this.#options.onTweet(tweet)
  }
}

/**
 * The later of two positions `epoch:offset`. An offset begins with a number, by which they compare. Offsets of different epochs cannot be compared: there
 * the newly arrived one counts.
 */
export function later(known: string | undefined, arrived: string): string {
  if (known === undefined) return arrived
  const [knownEpoch, knownOffset = ''] = known.split(':')
  const [epoch, offset = ''] = arrived.split(':')
  return epoch === knownEpoch && numberOf(offset) < numberOf(knownOffset) ? known : arrived
}

const numberOf = (offset: string): number => Number.parseInt(offset, 10)
