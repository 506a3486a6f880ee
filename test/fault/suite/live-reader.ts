// Somebody who watches their home timeline live, comes back whenever the socket is lost, and writes down
// every tweet in the order in which it arrived. Where the server says that it cannot tell what was missed, the
// reader does what people do: reads back in the timeline until there is nothing new.

import type { Client } from '../../../loadtest/client/client.ts'
import { later } from '../../../loadtest/client/subscription.ts'
import type { Tweet } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { pageLimitMax } from '../../../protocol/limits.ts'
import { decodeValue } from '../../../protocol/message-pack-reader.ts'
import { pushes } from '../../../protocol/pushes/index.ts'
import { elapse } from '../../helpers/eventually.ts'
import { Caller, failureOf } from './caller.ts'
import type { Stream, StreamItem } from './history.ts'
import { keyOf } from './history.ts'
import type { Person } from './person.ts'

export type LiveReaderOptions = {
  readonly person: Person
  readonly follows: ReadonlySet<UserId>
  readonly url: () => string
}

type OpenSegment = {
  readonly subscribedAtMs: number
  readonly isRecovered: boolean
  readonly page: readonly TweetId[]
  readonly caughtUp: TweetId[]
  readonly items: StreamItem[]
  lostAtMs?: number
  closeCode?: number
}

/** Jitter before coming back, and between two tries. */
const returnPauseMsMax = 200
/** Then the server is not coming back: the run ends, rather than wait for ever. */
const returnTriesMax = 1_000

export class LiveReader {
  readonly #options: LiveReaderOptions
  readonly #caller: Caller
  readonly #segments: OpenSegment[] = []
  /** Pushes that overtake the answer which starts their segment. */
  #early: { readonly item: StreamItem; readonly position: string }[] = []
  #position: string | undefined
  #isClosed = false
  #isSubscribed = false
  #catchingUp = 0
  #returning: Promise<void> | undefined
  #problem: unknown

  private constructor(options: LiveReaderOptions) {
    this.#options = options
    this.#caller = new Caller({
      url: options.url,
      token: options.person.token,
      onPush: (event, data) => this.#pushed(event, data),
      onLost: (close) => this.#lost(close.code),
    })
  }

  /** Resolves when the server has confirmed the subscription. */
  static async open(options: LiveReaderOptions): Promise<LiveReader> {
    const reader = new LiveReader(options)
    await reader.#comeBack()
    return reader
  }

  get stream(): Stream {
    const { person, follows } = this.#options
    return { readerId: person.id, follows, segments: this.#segments }
  }

  /** Whether the stream is live, and nothing is left to be read back. */
  get isUpToDate(): boolean {
    if (this.#problem !== undefined) throw this.#problem
    return this.#isSubscribed && this.#catchingUp === 0
  }

  close(): void {
    this.#isClosed = true
    this.#caller.close()
  }

  async #comeBack(): Promise<void> {
    await this.#repeated(() => this.#subscribe())
  }

  async #repeated<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt()
      } catch (error) {
        const failure = failureOf(error)
        const isOver = this.#isClosed || tries === returnTriesMax
        if (failure.body.retry === 'never' || isOver) throw failure
        await elapse(Math.random() * returnPauseMsMax)
      }
    }
  }

  async #subscribe(): Promise<void> {
    const resumed = this.#position
    this.#early = []
    const { position, recovered, tweets } = await this.#caller.call('live.subscribe', {
      channel: 'home',
      ...(resumed === undefined ? {} : { position: resumed }),
    })
    const nowMs = performance.now()
    const isRecovered = resumed !== undefined && recovered
    const missed = isRecovered ? tweets.toReversed().map((tweet) => itemOf(tweet, nowMs)) : []
    const segment: OpenSegment = {
      subscribedAtMs: nowMs,
      isRecovered,
      page: isRecovered ? [] : tweets.map(({ id }) => id),
      caughtUp: [],
      items: missed,
    }
    this.#segments.push(segment)
    // After a hole the server counts anew.
    this.#position = isRecovered ? later(resumed, position) : position
    for (const early of this.#early) this.#take(early.item, early.position)
    this.#isSubscribed = true
    if (resumed === undefined || isRecovered) return
    this.#catchUp(segment).catch((error: unknown) => {
      this.#problem = error
    })
  }

  async #catchUp(segment: OpenSegment): Promise<void> {
    this.#catchingUp++
    const known = new Set(
      this.#segments.flatMap(({ page, items, caughtUp }) => [
        ...page,
        ...caughtUp,
        ...items.map(({ tweetId }) => tweetId),
      ]),
    )
    let before: number | undefined
    for (let isNew = true; isNew; ) {
      const page = { limit: pageLimitMax, ...(before === undefined ? {} : { before }) }
      const { tweets, olderCursor } = await this.#repeated(() =>
        this.#caller.call('timeline.home', page),
      )
      segment.caughtUp.push(...tweets.map(({ id }) => id))
      isNew = tweets.some(({ id }) => !known.has(id)) && olderCursor !== undefined
      before = olderCursor
    }
    this.#catchingUp--
  }

  #lost(closeCode: number): void {
    const segment = this.#segments.at(-1)
    if (segment !== undefined && this.#isSubscribed) {
      segment.lostAtMs = performance.now()
      segment.closeCode = closeCode
    }
    this.#isSubscribed = false
    if (this.#isClosed || this.#returning !== undefined) return
    this.#returning = elapse(Math.random() * returnPauseMsMax)
      .then(() => this.#comeBack())
      .catch((error: unknown) => {
        this.#problem = error
      })
      .finally(() => {
        this.#returning = undefined
        // A socket that was lost on the last step of the way back.
        if (!this.#isSubscribed && !this.#isClosed && this.#problem === undefined) this.#lost(0)
      })
  }

  readonly #pushed: NonNullable<Parameters<typeof Client.open>[0]['onPush']> = (event, data) => {
    if (event !== 'timeline.tweet') return
    const fields = pushes['timeline.tweet'].data
    const { tweet, position } = decodeValue({ kind: 'record', fields }, data) as {
      tweet: Tweet
      position: string
    }
    const item = itemOf(tweet, performance.now())
    if (!this.#isSubscribed) {
      this.#early.push({ item, position })
      return
    }
    this.#take(item, position)
  }

  /** What is not behind the position where the stream stands has come already. */
  #take(item: StreamItem, position: string): void {
    if (this.#position !== undefined && isReached(this.#position, position)) return
    this.#position = position
    this.#segments.at(-1)?.items.push(item)
  }
}

/** Whether a stream that stands at `reached` has had `position`. Epochs cannot be compared. */
function isReached(reached: string, position: string): boolean {
  const [reachedEpoch, reachedOffset = ''] = reached.split(':')
  const [epoch, offset = ''] = position.split(':')
  return epoch === reachedEpoch && Number.parseInt(offset, 10) <= Number.parseInt(reachedOffset, 10)
}

function itemOf({ id, authorId, text }: Tweet, atMs: number): StreamItem {
  return { tweetId: id, authorId, key: keyOf(text), atMs }
}
