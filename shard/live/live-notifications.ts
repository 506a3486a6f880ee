// The live channel `notifications`: who listens to it, and what they are told. Owned by Live.
//
// What is pushed is an entry as it now is, made for its reader alone. Making it means looking at all notices of the
// reader; so of a reader of whom much is noticed, only the first few in a second are told at once, and the rest
// together when the second is over.
//
//   noticed  noticed  ...  noticed  noticed  noticed       | a second is over
//   push     push          push     (8 told: wait)         | push of each entry in which something happened

import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { notification as notificationPush } from '../../protocol/pushes/notification.ts'
import { encodeNotification, shownBy } from '../operations/notification-stream.ts'
import { notificationsOf } from '../operations/notifications.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { Send } from './live-counts.ts'
import { noteShown, type Subscriber } from './live-subscribers.ts'
import { type Defer, Turns } from './live-turns.ts'

/** Times in a second that a reader is told at once. */
export const toldAtOnceMax = 8
/** Readers of whom nothing had to wait, whose second ends in one turn. */
const readersPerTurn = 1_024

/** A reader who listens, on one socket or several. */
type Listener = {
  /** Socket to how many notices had reached this process when it was last told. */
  readonly sockets: Map<Subscriber, number>
  /** How often they were told in this second. */
  toldCount: number
}

export class NotificationChannel {
  readonly #state: ShardState
  readonly #epoch: string
  readonly #send: Send
  readonly #writer = new MessagePackWriter()
  /** By the reader's dense index. */
  readonly #listeners = new Map<number, Listener>()
  /** Who was told something in this second. */
  #told = new Set<number>()
  readonly #turns: Turns

  constructor(
    state: ShardState,
    given: { readonly epoch: string; readonly send: Send; readonly defer: Defer },
  ) {
    this.#state = state
    this.#epoch = given.epoch
    this.#send = given.send
    this.#turns = new Turns(given.defer)
  }

  /** What was there until now is on the page that the socket is answered with. */
  join(subscriber: Subscriber): void {
    const { user } = subscriber
    let listener = this.#listeners.get(user)
    if (listener === undefined) {
      listener = { sockets: new Map(), toldCount: 0 }
      this.#listeners.set(user, listener)
    }
    listener.sockets.set(subscriber, this.#state.notices.arrivalCount)
  }

  leave(subscriber: Subscriber): void {
    const listener = this.#listeners.get(subscriber.user)
    if (listener?.sockets.delete(subscriber) !== true || listener.sockets.size > 0) return
    this.#listeners.delete(subscriber.user)
    this.#told.delete(subscriber.user)
  }

  has(subscriber: Subscriber): boolean {
    return this.#listeners.get(subscriber.user)?.sockets.has(subscriber) === true
  }

  /** Somebody did something that concerns this user. */
  noticed(user: number): void {
    const listener = this.#listeners.get(user)
    if (listener === undefined) return
    this.#told.add(user)
    if (listener.toldCount++ < toldAtOnceMax) this.#tell(user, listener)
  }

  /** Tells what had to wait, one reader in each turn of the event loop: call it once a second. */
  flush(): void {
    if (this.#told.size === 0 || this.#turns.isBusy) return
    const told = this.#told
    this.#told = new Set()
    this.#turns.start(this.#tellRest(told))
  }

  *#tellRest(told: ReadonlySet<number>): Generator<void> {
    let count = 0
    for (const user of told) {
      const listener = this.#listeners.get(user)
      if (listener === undefined) continue
      const isLate = listener.toldCount > toldAtOnceMax
      listener.toldCount = 0
      if (isLate) this.#tell(user, listener)
      if (isLate || ++count % readersPerTurn === 0) yield
    }
  }

  #tell(user: number, { sockets }: Listener): void {
    const { notices } = this.#state
    const told = Math.min(...sockets.values())
    const all = notificationsOf(this.#state, user)
    const news = all.filter(({ arrival }) => arrival > told)
    const unreadCount = all.filter(({ isRead }) => !isRead).length
    // The oldest first; only the last one says that all of it was told.
    for (const [place, notification] of news.reverse().entries()) {
      const isLast = place === news.length - 1
      const shown = shownBy(this.#state, user, notification)
      for (const [subscriber, since] of sockets) {
        if (since >= notification.arrival) continue
        for (const tweet of shown) noteShown(subscriber, tweet)
        subscriber.gateway.addRecipient(subscriber.slot)
      }
      this.#send(notificationPush, () =>
        encodeNotification(this.#writer, this.#state, {
          reader: user,
          notification,
          unreadCount,
          epoch: this.#epoch,
          arrivals: isLast ? notices.arrivalCount : told,
        }),
      )
    }
    for (const subscriber of sockets.keys()) sockets.set(subscriber, notices.arrivalCount)
  }
}
