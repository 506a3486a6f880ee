// People who look at their home timeline for hours: some of them are always on their way out and back in.
//
// Whoever comes back brings the position at which they left, on a new socket, and has to get exactly what
// was missed. Every tweet of somebody whom they follow is entered in the ledger, and so is every arrival.

import { setTimeout as delay } from 'node:timers/promises'
import type { CallFailure } from '../client/client.ts'
import { Subscription } from '../client/subscription.ts'
import type { KnownUser } from '../oracle/oracle.ts'
import { forEachBounded } from '../std/bounded.ts'
import type { Random } from '../std/random.ts'
import type { PushLedger } from './push-ledger.ts'

export type WatchersOptions = {
  readonly url: string
  /** One watcher each. */
  readonly users: readonly KnownUser[]
  readonly ledger: PushLedger
  readonly random: Random
  /** How long somebody is away. */
  readonly awayMs: number
  /** Each arrival that is not a repeat. */
  readonly onText: (text: string) => void
  readonly onError: (message: string) => void
}

/** Sockets that are opened at a time. */
const openingAtOnce = 16

type Watcher = { subscription: Subscription; isAway: boolean }

export class Watchers implements AsyncDisposable {
  readonly #options: WatchersOptions
  readonly #watchers: Watcher[] = []
  /** By author: the places of those who have to get a tweet, the author's own included. */
  readonly #audiences = new Map<number, Set<number>>()
  #moving = new Set<Promise<void>>()
  /** How often somebody has gone and come back. */
  returns = 0
  /** Tweets that came twice to one subscription, of those that have ended. The ledger does not see them. */
  repeats = 0

  private constructor(options: WatchersOptions) {
    this.#options = options
    for (const [place, user] of options.users.entries()) {
      for (const authorId of [user.id, ...user.follows]) {
        const audience = this.#audiences.get(authorId) ?? new Set()
        this.#audiences.set(authorId, audience.add(place))
      }
    }
  }

  /** Resolves when all are subscribed. Throws CallFailure. */
  static async open(options: WatchersOptions): Promise<Watchers> {
    const watchers = new Watchers(options)
    await forEachBounded(options.users.keys(), openingAtOnce, async (place) => {
      const subscription = await watchers.#subscribe(place)
      watchers.#watchers[place] = { subscription, isAway: false }
    })
    return watchers
  }

  /** A tweet was acknowledged. */
  posted(tweet: { readonly id: number; readonly authorId: number }): void {
    const watchers = this.#audiences.get(tweet.authorId) ?? new Set()
    this.#options.ledger.posted({ tweetId: tweet.id, watchers, nowMs: performance.now() })
  }

  /** Somebody who is there goes, and comes back after a while. */
  move(): void {
    const { random } = this.#options
    const place = random.below(this.#watchers.length)
    const watcher = this.#watchers[place]!
    if (watcher.isAway) return
    const moving = this.#leaveAndReturn(place, watcher).finally(() => this.#moving.delete(moving))
    this.#moving.add(moving)
  }

  /** Resolves when nobody is away any more. */
  async allBack(): Promise<void> {
    await Promise.all(this.#moving)
  }

  /** Everybody goes for good; `repeats` holds all of them then. */
  async close(): Promise<void> {
    await this.allBack()
    for (const { subscription } of this.#watchers.splice(0)) {
      this.#count(subscription)
      await subscription[Symbol.asyncDispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #leaveAndReturn(place: number, watcher: Watcher): Promise<void> {
    const { awayMs, onError } = this.#options
    watcher.isAway = true
    const { subscription } = watcher
    this.#count(subscription)
    await subscription[Symbol.asyncDispose]()
    await delay(awayMs)
    try {
      // What still came on the closing socket has moved the position on: it is asked for now, not before.
      watcher.subscription = await this.#subscribe(place, subscription.position)
      this.returns++
    } catch (error) {
      onError(`a watcher did not come back: ${codeOf(error)}`)
    }
    watcher.isAway = false
  }

  #subscribe(place: number, position?: string): Promise<Subscription> {
    const { url, users, ledger, onText, onError } = this.#options
    return Subscription.open({
      url,
      token: users[place]!.token,
      position,
      onTweet: ({ id, text }) => {
        ledger.pushed({ tweetId: id, watcher: place, nowMs: performance.now() })
        onText(text)
      },
      onHole: () => onError('a stream had a hole'),
      onEnd: (failure) => onError(`a stream ended: ${codeOf(failure)}`),
    })
  }

  /** What a subscription has quietly put right is wrong all the same where no server was stopped. */
  #count({ returns, repeats }: Subscription): void {
    if (returns > 0) this.#options.onError('a socket was lost')
    this.repeats += repeats
  }
}

function codeOf(error: unknown): string {
  return (error as Partial<CallFailure>).body?.code ?? String(error)
}
