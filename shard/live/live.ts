// Live: who is online here, and what is pushed to them.
//
// A subscriber is one socket on some gateway, known by the gateway's link and the gateway's number for
// the socket (slot). A push is encoded once and sent once to each gateway, with the list of slots;
// its position is that of the process, so the same bytes serve every recipient.
//
// Each subscriber remembers the tweets it was last shown (a small ring of dense indexes, so noting one
// is one memory write). Deleted tweets, and once a second the tweets whose counts have changed, are matched against
// those rings (live-viewers.ts): a hot tweet costs one push a second for each socket that shows it, however many favorites.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import { partitionOfId } from '../../protocol/ids.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { notificationsChannel, tagOfChannel } from '../../protocol/operations/live-subscribe.ts'
import { foldText } from '../../protocol/text/case-fold.ts'
import type { Effects, Subscriptions } from '../operations/implement.ts'
import { mayShow } from '../operations/visibility.ts'
import type { ShardState } from '../state/shard-state.ts'
import { ChangedCounts, type Send } from './live-counts.ts'
import { DeletedTweets } from './live-deletions.ts'
import { HomeChannel } from './live-home.ts'
import { NotificationChannel } from './live-notifications.ts'
import { alone, type LivePorts, sessionEndToldAfterMs } from './live-ports.ts'
import type { GatewayLink, Subscriber } from './live-subscribers.ts'
import { Gateway, newSubscriber, noteShown, notHome } from './live-subscribers.ts'
import { TagChannels } from './live-tags.ts'
import { type Defer, Turns } from './live-turns.ts'
import { TweetPush } from './live-tweet.ts'

export class Live implements Effects {
  /** Changes with every process, so that a position of another process is never mistaken for ours. */
  readonly epoch: string
  pushCount = 0
  /** Whoever may write into the logs of followers settles the follow there. */
  followMaySettle: Effects['followMaySettle'] = () => undefined
  /** Whoever may write into a log erases there what is left of somebody. */
  accountLeft: Effects['accountLeft'] = () => undefined
  readonly #state: ShardState
  readonly #ports: LivePorts
  readonly #gateways = new Map<GatewayLink, Gateway>()
  readonly #home: HomeChannel
  readonly #tags = new TagChannels<Subscriber>()
  readonly #notifications: NotificationChannel
  readonly #counts: ChangedCounts
  readonly #deleted: DeletedTweets
  readonly #writer = new MessagePackWriter()

  constructor(state: ShardState, epoch: string, ports: LivePorts = alone) {
    this.#state = state
    this.epoch = epoch
    this.#ports = ports
    const defer = this.#defer
    const send = this.#sendPush
    this.#home = new HomeChannel(state, { epoch, send, writer: this.#writer })
    this.#counts = new ChangedCounts(state, defer)
    this.#notifications = new NotificationChannel(state, { epoch, send, defer })
    const gateways = (): Iterable<Gateway> => this.#gateways.values()
    this.#deleted = new DeletedTweets(state, { ...ports, defer, send, gateways })
  }

  get subscriberCount(): number {
    let count = 0
    for (const gateway of this.#gateways.values()) count += gateway.subscribers.size
    return count
  }

  connect(link: GatewayLink): void {
    this.#gateways.set(link, new Gateway(link))
  }

  /** Forgets a gateway at once, and all its sockets in the next turns of the event loop. */
  disconnect(link: GatewayLink): void {
    const gateway = this.#gateways.get(link)
    if (gateway === undefined) return
    this.#gateways.delete(link)
    new Turns(this.#defer).start(gateway.forgetAll((slot) => this.#forget(gateway, slot)))
  }

  disconnectSlot(link: GatewayLink, slot: number): void {
    const gateway = this.#gateways.get(link)
    if (gateway !== undefined) this.#forget(gateway, slot)
  }

  /** What the operations of one socket may do; undefined for a request that came over HTTP. */
  subscriptionsOf(link: GatewayLink, slot: number): Subscriptions | undefined {
    const gateway = this.#gateways.get(link)
    if (slot === 0 || gateway === undefined) return undefined
    return {
      isListening: gateway.subscribers.has(slot),
      subscribe: (user, channel = homeChannel) =>
        this.#subscribe(this.#subscriberAt(gateway, slot, user), channel),
      unsubscribe: (channel) => this.#unsubscribe(gateway.subscribers.get(slot), channel),
      hasRoomFor: (tag) => this.#tags.hasRoom(gateway.subscribers.get(slot), tag),
      show: (tweet) => {
        const subscriber = gateway.subscribers.get(slot)
        if (subscriber !== undefined) noteShown(subscriber, tweet)
      },
    }
  }

  pushTweet(tweet: number): void {
    this.#home.pushTweet(tweet)
    const { tweets, retweetsOf, users } = this.#state
    const isRetweeted = retweetsOf.length(tweet) > 0
    // What others did about it before it came could not be told.
    if (isRetweeted || tweets.favorites.get(tweet) > 0) {
      this.noticed(users.idOf(tweets.authorOf(tweet)))
    }
  }

  pushDelivered(tweetId: number, users: readonly number[]): void {
    this.#home.pushDelivered(tweetId, users)
  }

  pushTagged(tweet: number, hashtags: readonly { readonly tag: string }[]): void {
    if (this.#tags.isEmpty) return
    const arrival = this.#state.tweets.arrivalOf(tweet)
    for (const tag of new Set(hashtags.map((hashtag) => foldText(hashtag.tag)))) {
      const push = new TweetPush(this.#state, { tweet, epoch: this.epoch, tag })
      for (const [subscriber, since] of this.#tags.listeners(tag)) {
        if (since >= arrival || !mayShow(this.#state, { reader: subscriber.user, tweet })) continue
        push.add(subscriber)
      }
      push.send(this.#sendPush, this.#writer)
    }
  }

  pushDeleted(tweetId: TweetId): void {
    const { tweets } = this.#state
    const tweet = tweets.indexOf(tweetId)
    // One that was erased with its author is forgotten: only its number is left.
    if (this.#gateways.size === 0 || tweet < 0 || tweets.findBody(tweetId) >= 0) return
    this.#deleted.note(tweet)
  }

  countsChanged(tweetId: TweetId): void {
    if (this.#gateways.size > 0) this.#counts.note(tweetId)
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
    if (this.#ports.isServing(partitionOfId(userId))) tell()
    else this.#ports.later(tell, sessionEndToldAfterMs)
  }

  noticed(userId: UserId): void {
    const user = this.#state.users.indexOf(userId)
    if (user >= 0) this.#notifications.noticed(user)
  }

  /** Pushes the counts that have changed since the last call, and what had to wait: call it once a second. */
  flushCounts(): void {
    this.#counts.flush(this.#gateways.values(), this.#sendPush)
    this.#notifications.flush()
  }

  /**
   * What an event had to tell broke off, nobody knows where: all who listen here come back for it. (I8) The state is
   * whole, and no reason to end.
   */
  broke(): void {
    for (const gateway of this.#gateways.values()) {
      gateway.count = 0
      for (const slot of gateway.subscribers.keys()) gateway.addRecipient(slot)
      gateway.tellLost()
    }
  }

  /** Runs what goes on in a later turn, which nobody waits for. */
  readonly #defer: Defer = (task) =>
    this.#ports.defer(() => {
      try {
        task()
      } catch (error) {
        this.broke()
        this.#ports.onError(error, 'what is pushed later broke')
      }
    })

  /** Sends one push to the recipients that were added, gateway by gateway. */
  readonly #sendPush: Send = (push, encode) => {
    let data: Uint8Array | undefined
    const once = (): Uint8Array => (data ??= encode())
    try {
      for (const gateway of this.#gateways.values()) this.pushCount += gateway.send(push.code, once)
    } catch (error) {
      for (const gateway of this.#gateways.values()) gateway.tellLost()
      this.#ports.onError(error, 'a push could not be made')
    }
  }

  /** The subscriber at a slot; a new one where there is none, or was somebody else. */
  #subscriberAt(gateway: Gateway, slot: number, user: number): Subscriber {
    const known = gateway.subscribers.get(slot)
    if (known?.user === user) return known
    this.#forget(gateway, slot)
    return newSubscriber(gateway, slot, user)
  }

  #subscribe(subscriber: Subscriber, channel: string): void {
    const tag = tagOfChannel(channel)
    if (tag !== undefined) {
      this.#tags.join(subscriber, tag, this.#state.tweets.arrivalCount)
      return
    }
    if (channel === notificationsChannel) {
      this.#notifications.join(subscriber)
      return
    }
    this.#home.join(subscriber)
  }

  #unsubscribe(subscriber: Subscriber | undefined, channel: string): void {
    if (subscriber === undefined) return
    const tag = tagOfChannel(channel)
    if (tag !== undefined) this.#tags.leave(subscriber, tag)
    else if (channel === notificationsChannel) this.#notifications.leave(subscriber)
    else this.#home.leave(subscriber)
    if (subscriber.since !== notHome || this.#tags.has(subscriber)) return
    if (this.#notifications.has(subscriber)) return
    subscriber.gateway.subscribers.delete(subscriber.slot)
  }

  #forget(gateway: Gateway, slot: number): void {
    const subscriber = gateway.subscribers.get(slot)
    if (subscriber === undefined) return
    this.#tags.leaveAll(subscriber)
    this.#notifications.leave(subscriber)
    this.#home.leave(subscriber)
    gateway.subscribers.delete(slot)
  }
}

/** What a socket listens to that names no other channel. */
const homeChannel = 'home'
