// What others have done that concerns the reader, live: the entries, and how many of them are new.
//
// An entry is named by its key: a push of one that is known replaces it, and it moves to the top. The stream goes
// on where it stood after a lost socket; where the server cannot tell what was missed, the list is read anew.

import type { Tweet, User } from '../../../protocol/entities.ts'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import type { Notification } from '../../../protocol/notifications.ts'
import type { Call, PushData } from '../wire/call.ts'
import { pageLimit } from '../wire/limits.ts'
import { Cell } from './cell.ts'
import type { Entities } from './entities.ts'
import { listen } from './listen.ts'

export type NotificationsState = {
  readonly status: 'idle' | 'loading' | 'ready' | 'failed'
  /** Newest first. */
  readonly entries: readonly Notification[]
  readonly olderCursor: number | undefined
  readonly error: ErrorBody | undefined
}

const initial: NotificationsState = {
  status: 'idle',
  entries: [],
  olderCursor: undefined,
  error: undefined,
}

export class Notifications {
  readonly state: Cell<NotificationsState> = new Cell(initial)
  readonly unread: Cell<number> = new Cell(0)
  readonly #call: Call
  readonly #entities: Entities
  #position: string | undefined
  /** Counts the lines: an answer that came by an earlier one is not acted upon. */
  #line = 0

  constructor(parts: { readonly call: Call; readonly entities: Entities }) {
    this.#call = parts.call
    this.#entities = parts.entities
  }

  /** The socket is open, for the first time or again. */
  async connected(): Promise<void> {
    const line = ++this.#line
    const position = this.#position
    try {
      const params = { channel: 'notifications', ...(position === undefined ? {} : { position }) }
      const answer = await listen(this.#call, params, () => line === this.#line)
      if (answer === undefined || line !== this.#line) return
      this.#position = answer.position
      this.#entities.learn(answer)
      this.unread.set(answer.unreadCount ?? 0)
      if (answer.recovered) this.#merge(answer.notifications ?? [])
      else if (this.state.value.status !== 'idle') await this.#load(undefined)
    } catch (error) {
      // The page of the notifications says what is wrong; elsewhere a badge that stands still is no loss.
      if (!(error instanceof RequestFailure)) throw error
    }
  }

  disconnected(): void {
    this.#line++
  }

  pushed(data: PushData<'notification'>): void {
    this.#position = data.position
    this.#learn(data)
    this.unread.set(data.unreadCount)
    this.#merge([data.notification])
  }

  /** Reads the newest page, unless that was done. */
  start(): void {
    if (this.state.value.status === 'idle') void this.#load(undefined)
  }

  /** Reads the next page, or tries again. */
  more(): void {
    const { status, olderCursor } = this.state.value
    if (status === 'loading' || (status === 'ready' && olderCursor === undefined)) return
    void this.#load(olderCursor)
  }

  /** The reader has all that is shown before their eyes. What was new keeps its look until they go. */
  async markRead(): Promise<void> {
    const [newest] = this.state.value.entries
    if (newest === undefined || this.unread.value === 0) return
    try {
      const { unreadCount } = await this.#call('notifications.markRead', { upTo: newest.id })
      this.unread.set(unreadCount)
    } catch (error) {
      // They are marked with the next visit.
      if (!(error instanceof RequestFailure)) throw error
    }
  }

  /** The reader goes: what they have seen is new no more. */
  left(): void {
    if (this.unread.value > 0) return
    this.state.update((state) => ({
      ...state,
      entries: state.entries.map((entry) => ({ ...entry, read: true })),
    }))
  }

  async #load(before: number | undefined): Promise<void> {
    this.state.update((state) => ({ ...state, status: 'loading', error: undefined }))
    try {
      const page = await this.#call('notifications.list', {
        limit: pageLimit,
        ...(before === undefined ? {} : { before }),
      })
      this.#learn(page)
      this.unread.set(page.unreadCount)
      this.state.update(({ entries }) => ({
        status: 'ready',
        entries: merged(before === undefined ? [] : entries, page.notifications),
        olderCursor: page.olderCursor,
        error: undefined,
      }))
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      this.state.update((state) => ({ ...state, status: 'failed', error: error.body }))
    }
  }

  #merge(entries: readonly Notification[]): void {
    if (this.state.value.status === 'idle') return
    this.state.update((state) => ({ ...state, entries: merged(state.entries, entries) }))
  }

  #learn(page: {
    readonly tweets: readonly Tweet[]
    readonly referenced?: readonly Tweet[]
    readonly users: readonly User[]
  }): void {
    this.#entities.learn(page)
  }
}

/** The newer of two with the same key stays. */
function merged(
  known: readonly Notification[],
  more: readonly Notification[],
): readonly Notification[] {
  const byKey = new Map(known.map((entry) => [entry.key, entry]))
  for (const entry of more) {
    const old = byKey.get(entry.key)
    if (old === undefined || old.id <= entry.id) byKey.set(entry.key, entry)
  }
  return [...byKey.values()].sort((left, right) => right.id - left.id)
}
