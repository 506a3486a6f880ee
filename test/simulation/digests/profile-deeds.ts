// What the people of the digest run do about their profiles: they pin tweets and take them down again, also such as
// are gone, and such as cannot be pinned.

import type { UserId } from '../../../protocol/ids.ts'
import type { Deed } from './deed.ts'

/** Pins that may be taken down. */
const pinnedMax = 50

export class ProfileDeeds {
  readonly #random: () => number
  readonly #tweets: readonly (readonly [who: UserId, what: number])[]

  readonly #pinned: (readonly [who: UserId, what: number])[] = []

  constructor(random: () => number, tweets: readonly (readonly [who: UserId, what: number])[]) {
    this.#random = random
    this.#tweets = tweets
  }

  next(): Deed | undefined {
    const isPin = this.#random() < 0.7
    const list = isPin ? this.#tweets : this.#pinned
    const [actor, tweetId] = list[Math.floor(this.#random() * list.length)] ?? []
    if (actor === undefined || tweetId === undefined) return undefined
    const learn = () => void (isPin && this.#pinned.unshift([actor, tweetId]))
    if (this.#pinned.length > pinnedMax) this.#pinned.length = pinnedMax
    return { name: isPin ? 'tweet.pin' : 'tweet.unpin', actor, params: { tweetId }, learn }
  }
}
