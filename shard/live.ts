// Live: who is online here, and what is pushed to them.
//
// A subscriber is one socket on some gateway, known by the gateway's link and the gateway's number for
// the socket (slot). A push is encoded once and sent once to each gateway, with the list of slots;
// its position is that of the process, so the same bytes serve every recipient.
//
// Each subscriber remembers the tweets it was last shown (a small ring of dense indexes, so noting one
// is one memory write). Once a second the tweets whose counts have changed are matched against those
// rings: a hot tweet costs one push a second for each socket that shows it, however many favorites.

import type { Fields } from '../protocol/fields.ts'
import type { Partition, TweetId, UserId } from '../protocol/ids.ts'
import { partitionOfId } from '../protocol/ids.ts'
import { encodeFields, MessagePackWriter } from '../protocol/message-pack.ts'
import type { Push } from '../protocol/operation.ts'
import { timelineTweet } from '../protocol/pushes/timeline-tweet.ts'
import { tweetCounts } from '../protocol/pushes/tweet-counts.ts'
import { tweetDeleted } from '../protocol/pushes/tweet-deleted.ts'
import type { Effects, Subscriptions, View } from './operations/implement.ts'
import { formatOffset } from './operations/live-offset.ts'
import { writeTweet, writeUsers } from './operations/present.ts'
import type { ShardState } from './state/shard-state.ts'

/** Tweets that a subscriber remembers being shown; older ones get no more counts. */
export const shownTweetsMax = 128
/** Tweets whose changed counts wait for the next second; more than this wait for their next change. */
export const changedTweetsMax = 65_536

/** The connection to one gateway, as far as pushes need it. */
export type GatewayLink = {
  push(push: { code: number; slots: Uint32Array; count: number; data: Uint8Array }): void
  sessionEnded(tokenHash: string): void
}

type Subscriber = {
  readonly gateway: Gateway
  readonly slot: number
  readonly user: number
  /** How many tweets had arrived when it subscribed: those it was shown, or can read. */
  since: number
  /** Dense indexes plus one, so that 0 is nothing. */
  readonly shown: Uint32Array
  shownCount: number
}

/** Who tells the gateways of the end of a session, where several shards see it in the log. */
export type SessionTelling = {
  isServing(partition: Partition): boolean
  /** Runs a task when whoever asked for the end has long had the answer. */
  later(task: () => void): void
}

/** A gateway with its subscribers, and room for the recipients of one push. */
class Gateway {
  readonly link: GatewayLink
  readonly subscribers = new Map<number, Subscriber>()
  slots = new Uint32Array(64)
  count = 0

  constructor(link: GatewayLink) {
    this.link = link
  }

  addRecipient(slot: number): void {
    if (this.count === this.slots.length) {
      const larger = new Uint32Array(this.count * 2)
      larger.set(this.slots)
      this.slots = larger
    }
    this.slots[this.count++] = slot
  }
}

export class Live implements Effects {
  /** Changes with every process, so that a position of another process is never mistaken for ours. */
  readonly epoch: string
  pushCount = 0
  readonly #state: ShardState
  readonly #telling: SessionTelling
  readonly #gateways = new Map<GatewayLink, Gateway>()
  readonly #subscribersOf = new Map<number, Subscriber[]>()
  readonly #changed = new Set<number>()
  readonly #writer = new MessagePackWriter()

  constructor(state: ShardState, epoch: string, telling: SessionTelling = alone) {
    this.#state = state
    this.epoch = epoch
    this.#telling = telling
  }

  get subscriberCount(): number {
    let count = 0
    for (const gateway of this.#gateways.values()) count += gateway.subscribers.size
    return count
  }

  connect(link: GatewayLink): void {
    this.#gateways.set(link, new Gateway(link))
  }

  /** Forgets a gateway and all its sockets. */
  disconnect(link: GatewayLink): void {
    const gateway = this.#gateways.get(link)
    if (gateway === undefined) return
    for (const slot of [...gateway.subscribers.keys()]) this.#unsubscribe(gateway, slot)
    this.#gateways.delete(link)
  }

  disconnectSlot(link: GatewayLink, slot: number): void {
    const gateway = this.#gateways.get(link)
    if (gateway !== undefined) this.#unsubscribe(gateway, slot)
  }

  /** What the operations of one socket may do; undefined for a request that came over HTTP. */
  subscriptionsOf(link: GatewayLink, slot: number): Subscriptions | undefined {
    const gateway = this.#gateways.get(link)
    if (slot === 0 || gateway === undefined) return undefined
    return {
      subscribe: (user) => this.#subscribe(gateway, slot, user),
      unsubscribe: () => this.#unsubscribe(gateway, slot),
      show: (tweet) => {
        const subscriber = gateway.subscribers.get(slot)
        if (subscriber !== undefined) noteShown(subscriber, tweet)
      },
    }
  }

  pushTweet(tweet: number): void {
    this.#pushTweetTo(this.#state.recipients, tweet)
  }

  /**
   * Pushes a tweet whose large delivery has come to its end. Who has subscribed while it was on its way has
   * found it on the page that came with the answer.
   */
  pushDelivered(tweetId: number, users: readonly number[]): void {
    const tweet = this.#state.tweets.find(tweetId)
    if (tweet >= 0) this.#pushTweetTo(users, tweet)
  }

  #pushTweetTo(users: readonly number[], tweet: number): void {
    if (users.length === 0) return
    const arrival = this.#state.tweets.arrivalOf(tweet)
    for (const user of users) {
      for (const subscriber of this.#subscribersOf.get(user) ?? []) {
        if (subscriber.since >= arrival) continue
        noteShown(subscriber, tweet)
        subscriber.gateway.addRecipient(subscriber.slot)
      }
    }
    this.#send(timelineTweet, () => this.#encodeTweet(tweet))
  }

  pushDeleted(tweetId: TweetId): void {
    const tweet = this.#state.tweets.intern(tweetId)
    for (const gateway of this.#gateways.values()) {
      for (const subscriber of gateway.subscribers.values()) {
        if (subscriber.shown.includes(tweet + 1)) gateway.addRecipient(subscriber.slot)
      }
    }
    this.#send(tweetDeleted, () => encodeFields(tweetDeleted.data, { tweetId }))
  }

  countsChanged(tweetId: TweetId): void {
    if (this.#gateways.size === 0 || this.#changed.size >= changedTweetsMax) return
    const tweet = this.#state.tweets.find(tweetId)
    if (tweet >= 0) this.#changed.add(tweet)
  }

  /**
   * The primary tells it right behind its answer. A replica tells it again a little later, in case the
   * primary died in between; at once, its word could close the socket that waits for the answer.
   */
  endSession(userId: UserId, tokenHash: string): void {
    if (!this.#state.isHosted(userId)) return
    const tell = (): void => {
      for (const { link } of this.#gateways.values()) link.sessionEnded(tokenHash)
    }
    if (this.#telling.isServing(partitionOfId(userId))) tell()
    else this.#telling.later(tell)
  }

  /** Pushes the counts that have changed since the last call: call it once a second. */
  flushCounts(): void {
    if (this.#changed.size === 0) return
    const interested = new Map<number, Subscriber[]>()
    for (const gateway of this.#gateways.values()) {
      for (const subscriber of gateway.subscribers.values()) this.#match(subscriber, interested)
    }
    this.#changed.clear()
    const { tweets } = this.#state
    for (const [tweet, subscribers] of interested) {
      if (tweets.find(tweets.idOf(tweet)) < 0) continue
      for (const { gateway, slot } of subscribers) gateway.addRecipient(slot)
      this.#send(tweetCounts, () =>
        encodeFields(tweetCounts.data, {
          tweetId: tweets.idOf(tweet),
          favorites: tweets.favorites.get(tweet),
          retweets: tweets.retweets.get(tweet),
          replies: tweets.replies.get(tweet),
        }),
      )
    }
  }

  #match(subscriber: Subscriber, interested: Map<number, Subscriber[]>): void {
    const { shown } = subscriber
    const count = Math.min(subscriber.shownCount, shownTweetsMax)
    for (let place = 0; place < count; place++) {
      const tweet = shown[place]! - 1
      if (!this.#changed.has(tweet)) continue
      const subscribers = interested.get(tweet)
      if (subscribers === undefined) interested.set(tweet, [subscriber])
      // A tweet may have been shown several times.
      else if (subscribers.at(-1) !== subscriber) subscribers.push(subscriber)
    }
  }

  /** Sends one push to the recipients that were added, gateway by gateway. */
  #send(push: Push<Fields>, encode: () => Uint8Array): void {
    let data: Uint8Array | undefined
    for (const gateway of this.#gateways.values()) {
      if (gateway.count === 0) continue
      data ??= encode()
      const { slots, count } = gateway
      gateway.count = 0
      this.pushCount += count
      gateway.link.push({ code: push.code, slots, count, data })
    }
  }

  #encodeTweet(tweet: number): Uint8Array {
    const view: View = this.#state
    const writer = this.#writer
    writer.reset()
    writer.map(3)
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader: -1 })
    writeUsers(writer, view, { users: [view.tweets.authorOf(tweet)], reader: -1 })
    writer.text('position')
    writer.text(`${this.epoch}:${offsetOf(this.#state)}`)
    return writer.view()
  }

  #subscribe(gateway: Gateway, slot: number, user: number): void {
    const since = this.#state.tweets.arrivalCount
    const known = gateway.subscribers.get(slot)
    if (known?.user === user) {
      known.since = since
      return
    }
    this.#unsubscribe(gateway, slot)
    const shown = new Uint32Array(shownTweetsMax)
    const subscriber: Subscriber = { gateway, slot, user, since, shown, shownCount: 0 }
    gateway.subscribers.set(slot, subscriber)
    const others = this.#subscribersOf.get(user)
    if (others === undefined) this.#subscribersOf.set(user, [subscriber])
    else others.push(subscriber)
    this.#state.online.set(user, 1)
  }

  #unsubscribe(gateway: Gateway, slot: number): void {
    const subscriber = gateway.subscribers.get(slot)
    if (subscriber === undefined) return
    gateway.subscribers.delete(slot)
    const others = this.#subscribersOf.get(subscriber.user)!
    others.splice(others.indexOf(subscriber), 1)
    if (others.length > 0) return
    this.#subscribersOf.delete(subscriber.user)
    this.#state.online.set(subscriber.user, 0)
  }
}

/** How far the pushes have come: tweets on their way to very many are not among them yet. */
function offsetOf({ tweets, timelines }: ShardState): string {
  const missing: number[] = []
  for (const { tweetId } of timelines.underWay) {
    missing.push(tweets.arrivalOf(tweets.indexOf(tweetId)))
  }
  return formatOffset({ arrivals: tweets.arrivalCount, missing })
}

function noteShown(subscriber: Subscriber, tweet: number): void {
  subscriber.shown[subscriber.shownCount++ % shownTweetsMax] = tweet + 1
}

/** Where there is no other shard. */
const alone: SessionTelling = { isServing: () => true, later: (task) => task() }
