// A list that is read page by page, from the newest to the oldest: a profile, bookmarks, followers.

import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import { Cell } from './cell.ts'

export type FeedPage<Id> = {
  readonly ids: readonly Id[]
  readonly olderCursor?: number | undefined
}

export type FeedState<Id> = {
  readonly ids: readonly Id[]
  /** `ready`: more may follow if there is a cursor. */
  readonly status: 'idle' | 'loading' | 'ready' | 'failed'
  readonly olderCursor: number | undefined
  readonly error: ErrorBody | undefined
}

const empty = { ids: [], status: 'idle', olderCursor: undefined, error: undefined } as const

export class Feed<Id extends number> {
  readonly state: Cell<FeedState<Id>> = new Cell<FeedState<Id>>(empty)
  readonly #read: (before: number | undefined) => Promise<FeedPage<Id>>

  /** @param read the page before a cursor; the newest where there is none */
  constructor(read: (before: number | undefined) => Promise<FeedPage<Id>>) {
    this.#read = read
  }

  /** Whether the newest page was read, and another may follow. */
  get hasOlder(): boolean {
    const { status, olderCursor } = this.state.value
    return status === 'ready' && olderCursor !== undefined
  }

  /** Reads the newest page, unless that was done. */
  start(): void {
    if (this.state.value.status === 'idle') void this.#load(undefined)
  }

  /** Reads the next page, unless one is on its way. A page that failed is tried again. */
  more(): void {
    const { status, olderCursor } = this.state.value
    if (status === 'loading' || (status === 'ready' && olderCursor === undefined)) return
    void this.#load(olderCursor)
  }

  /** A new entry at the top, such as one's own tweet. */
  add(id: Id): void {
    this.state.update((state) =>
      state.ids.includes(id) ? state : { ...state, ids: [id, ...state.ids] },
    )
  }

  remove(id: Id): void {
    this.state.update((state) =>
      state.ids.includes(id) ? { ...state, ids: state.ids.filter((one) => one !== id) } : state,
    )
  }

  async #load(before: number | undefined): Promise<void> {
    this.state.update((state) => ({ ...state, status: 'loading', error: undefined }))
    try {
      const page = await this.#read(before)
      this.state.update(({ ids }) => {
        const known = new Set(ids)
        const fresh = page.ids.filter((id) => !known.has(id))
        const { olderCursor } = page
        return { ids: [...ids, ...fresh], status: 'ready', olderCursor, error: undefined }
      })
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      this.state.update((state) => ({ ...state, status: 'failed', error: error.body }))
    }
  }
}
