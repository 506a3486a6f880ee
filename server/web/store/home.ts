// The home timeline, live: what is shown, what waits to be shown, and where the stream stands.
//
// Nothing moves under the reader's eyes: a tweet that comes waits until the reader asks for it. Their own
// goes to the top at once, because they are looking for it. After a lost socket the stream goes on at its
// position; where the server says that it cannot (`recovered: false`), the newest page waits instead, and
// takes the place of the list when the reader asks for it: a list never has a silent hole.

import type { Tweet, User } from '../../../protocol/entities.ts'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import type { Promoted } from '../../../protocol/promotions.ts'
import type { Call, PushData } from '../wire/call.ts'
import { pageLimit, waitingMax } from '../wire/limits.ts'
import { Cell } from './cell.ts'
import type { Entities } from './entities.ts'
import { listen } from './listen.ts'
import type { Promotions } from './promotions.ts'

export type HomeState = {
  readonly status: 'loading' | 'ready' | 'failed'
  /** Newest first. */
  readonly shown: readonly TweetId[]
  readonly waiting: readonly TweetId[]
  /** What waits is a whole new page: there may be a hole between it and what is shown. */
  readonly isReplacing: boolean
  readonly olderCursor: number | undefined
  readonly isLoadingOlder: boolean
  readonly error: ErrorBody | undefined
}

const initial: HomeState = {
  status: 'loading',
  shown: [],
  waiting: [],
  isReplacing: false,
  olderCursor: undefined,
  isLoadingOlder: false,
  error: undefined,
}

type Page = {
  readonly tweets: readonly Tweet[]
  readonly users: readonly User[]
  readonly referenced?: readonly Tweet[]
  readonly promoted?: readonly Promoted[]
}

export class Home {
  readonly state: Cell<HomeState> = new Cell(initial)
  /** Whether what is new comes by itself at the moment. */
  readonly isLive: Cell<boolean> = new Cell(false)
  readonly #call: Call
  readonly #entities: Entities
  readonly #promotions: Promotions
  #position: string | undefined
  /** Counts the lines: an answer that came by an earlier one is not acted upon. */
  #line = 0
  /** The reader's own that were posted while nothing came by itself: between them and the rest much may be missing. */
  readonly #postedApart = new Set<TweetId>()

  constructor(parts: {
    readonly call: Call
    readonly entities: Entities
    readonly promotions: Promotions
  }) {
    this.#call = parts.call
    this.#entities = parts.entities
    this.#promotions = parts.promotions
  }

  /** The socket is open, for the first time or again: reads what there is, and listens. */
  async connected(): Promise<void> {
    const line = ++this.#line
    try {
      if (this.#position === undefined) await this.#readNewest()
      if (line === this.#line) await this.#subscribe(line)
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      if (line !== this.#line) return
      const { body } = error
      this.state.update((state) =>
        state.status === 'ready' ? state : { ...state, status: 'failed', error: body },
      )
    }
  }

  /** The socket is lost: nothing comes until it is back. */
  disconnected(): void {
    this.#line++
    this.isLive.set(false)
  }

  /** A push of the stream. */
  pushed(data: PushData<'timeline.tweet'>): void {
    if (data.channel !== undefined && data.channel !== 'home') return
    this.#position = data.position
    this.#learn({ ...data, tweets: [data.tweet] })
    this.#wait([data.tweet.id])
  }

  /** The reader's own tweet, which they have just posted: it is in what takes the place of the list as well. */
  posted(id: TweetId): void {
    if (!this.isLive.value) this.#postedApart.add(id)
    this.state.update((state) => {
      const others = state.waiting.filter((one) => one !== id)
      return {
        ...state,
        shown: state.shown.includes(id) ? state.shown : newestFirst([id, ...state.shown]),
        waiting: state.isReplacing ? newestFirst([id, ...others]) : others,
      }
    })
  }

  removed(id: TweetId): void {
    this.state.update((state) => ({
      ...state,
      shown: state.shown.filter((one) => one !== id),
      waiting: state.waiting.filter((one) => one !== id),
    }))
  }

  /** Shows what waits. */
  showWaiting(): void {
    this.state.update((state) => {
      const { shown, waiting, isReplacing } = state
      if (waiting.length === 0) return state
      const olderCursor = isReplacing ? waiting.at(-1) : state.olderCursor
      const ids = isReplacing ? waiting : newestFirst([...waiting, ...shown])
      return { ...state, shown: ids, waiting: [], isReplacing: false, olderCursor }
    })
  }

  async loadOlder(): Promise<void> {
    const { olderCursor, isLoadingOlder } = this.state.value
    if (olderCursor === undefined || isLoadingOlder) return
    this.state.update((state) => ({ ...state, isLoadingOlder: true, error: undefined }))
    try {
      const page = await this.#call('timeline.home', { before: olderCursor, limit: pageLimit })
      this.#learn(page)
      this.state.update((state) => {
        const isSame = state.olderCursor === olderCursor
        if (!isSame) return { ...state, isLoadingOlder: false }
        const known = new Set(state.shown)
        const fresh = idsOf(page).filter((id) => !known.has(id))
        const shown = [...state.shown, ...fresh]
        return { ...state, shown, olderCursor: page.olderCursor, isLoadingOlder: false }
      })
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      this.state.update((state) => ({ ...state, isLoadingOlder: false, error: error.body }))
    }
  }

  async #readNewest(): Promise<void> {
    const page = await this.#call('timeline.home', { limit: pageLimit })
    this.#learn(page)
    this.#position = page.position
    const shown = idsOf(page)
    const { olderCursor } = page
    this.state.set({ ...initial, status: 'ready', shown, olderCursor })
  }

  async #subscribe(line: number): Promise<void> {
    const position = this.#position
    const params = { channel: 'home', ...(position === undefined ? {} : { position }) }
    const answer = await listen(this.#call, params, () => line === this.#line)
    if (answer === undefined || line !== this.#line) return
    this.#position = answer.position
    this.isLive.set(true)
    this.#learn(answer)
    for (const id of answer.deletedTweetIds ?? []) {
      this.#entities.remove(id)
      this.removed(id)
    }
    if (answer.recovered || this.#reaches(idsOf(answer))) this.#wait(idsOf(answer))
    else this.#replaceBy(idsOf(answer))
    this.#postedApart.clear()
  }

  /** Whether a page of the newest goes down to what the reader has: then nothing is between the two. */
  #reaches(ids: readonly TweetId[]): boolean {
    const { shown, waiting } = this.state.value
    const joined = [...shown, ...waiting].filter((id) => !this.#postedApart.has(id))
    return ids.length === 0 || ids.some((id) => joined.includes(id))
  }

  #wait(ids: readonly TweetId[]): void {
    this.state.update((state) => {
      const known = new Set([...state.shown, ...state.waiting])
      const fresh = ids.filter((id) => !known.has(id) && this.#entities.tweet(id) !== undefined)
      if (fresh.length === 0) return state
      const waiting = newestFirst([...fresh, ...state.waiting])
      if (waiting.length <= waitingMax) return { ...state, waiting }
      // What is shown already is part of the page, where it is new enough: the reader's own.
      const page = state.isReplacing ? waiting : newestFirst([...waiting, ...state.shown])
      return { ...state, waiting: page.slice(0, waitingMax), isReplacing: true }
    })
  }

  #replaceBy(ids: readonly TweetId[]): void {
    this.state.update((state) => ({ ...state, waiting: ids, isReplacing: true }))
  }

  #learn(page: Page): void {
    this.#entities.learn(page)
    this.#promotions.learn(page)
  }
}

function idsOf(page: Page): TweetId[] {
  return page.tweets.map(({ id }) => id)
}

function newestFirst(ids: readonly TweetId[]): TweetId[] {
  return [...ids].sort((left, right) => right - left)
}
