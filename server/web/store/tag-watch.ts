// The tweets with a hashtag as they happen, while its page is open: what is new waits, as at home.

import { RequestFailure } from '../../../protocol/errors.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import type { Call, PushData } from '../wire/call.ts'
import { waitingMax } from '../wire/limits.ts'
import { Cell } from './cell.ts'
import type { Entities } from './entities.ts'
import { listen } from './listen.ts'

type Watched = {
  readonly channel: string
  readonly onHole: () => void
  position: string | undefined
}

export class TagWatch {
  /** Newest first. */
  readonly waiting: Cell<readonly TweetId[]> = new Cell<readonly TweetId[]>([])
  readonly #call: Call
  readonly #entities: Entities
  #watched: Watched | undefined
  #isOnline = false
  /** Counts the lines: what an earlier one could not start is not tried again on the next. */
  #line = 0

  constructor(parts: { readonly call: Call; readonly entities: Entities }) {
    this.#call = parts.call
    this.#entities = parts.entities
  }

  /**
   * Listens to a tag, of which there is one at a time.
   * @param onHole what was missed cannot be told: the list has to be read anew
   * @returns what ends it
   */
  watch(tag: string, onHole: () => void): () => void {
    const watched: Watched = { channel: `tag:${tag}`, onHole, position: undefined }
    this.#watched = watched
    this.waiting.set([])
    if (this.#isOnline) void this.#subscribe(watched)
    return () => {
      if (this.#watched === watched) this.#watched = undefined
      this.waiting.set([])
      void this.#quietly(this.#call('live.unsubscribe', { channel: watched.channel }))
    }
  }

  connected(): void {
    this.#isOnline = true
    this.#line++
    if (this.#watched !== undefined) void this.#subscribe(this.#watched)
  }

  disconnected(): void {
    this.#isOnline = false
  }

  /** A push of any channel. What comes before the answer to the subscription is of the tag that was watched before. */
  pushed(data: PushData<'timeline.tweet'>): void {
    if (this.#watched?.position === undefined || data.channel?.startsWith('tag:') !== true) return
    this.#watched.position = data.position
    this.#entities.learn({ ...data, tweets: [data.tweet] })
    this.#wait([data.tweet.id])
  }

  /** @returns what waited: it is on display from now on */
  take(): readonly TweetId[] {
    const ids = this.waiting.value
    this.waiting.set([])
    return ids
  }

  async #subscribe(watched: Watched): Promise<void> {
    const { channel, position } = watched
    const params = { channel, ...(position === undefined ? {} : { position }) }
    const line = this.#line
    const isWanted = (): boolean => this.#watched === watched && line === this.#line
    const answer = await this.#quietly(listen(this.#call, params, isWanted))
    if (answer === undefined || this.#watched !== watched) return
    watched.position = answer.position
    this.#entities.learn(answer)
    if (position === undefined) return
    if (answer.recovered) this.#wait(answer.tweets.map(({ id }) => id))
    else watched.onHole()
  }

  #wait(ids: readonly TweetId[]): void {
    const all = new Set([...this.waiting.value, ...ids])
    this.waiting.set([...all].sort((left, right) => right - left).slice(0, waitingMax))
  }

  /** The page shows what there was when it was opened; without the line nothing new comes, which the banner says. */
  async #quietly<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      return undefined
    }
  }
}
