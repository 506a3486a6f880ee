// The client as one object: who reads, the line to the server, and the stores that live on it.
//
// No part of the page talks to the network: it watches cells, and calls what is here.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { Cell } from './store/cell.ts'
import { Discoveries } from './store/discoveries.ts'
import type { Keeper } from './store/drafts.ts'
import { Drafts } from './store/drafts.ts'
import { Entities } from './store/entities.ts'
import type { FeedPage } from './store/feed.ts'
import { Feed } from './store/feed.ts'
import { Home } from './store/home.ts'
import { Marks } from './store/marks.ts'
import { Notices } from './store/notices.ts'
import { Notifications } from './store/notifications.ts'
import { Promotions } from './store/promotions.ts'
import { TagWatch } from './store/tag-watch.ts'
import type { Call, CallParams, PushData } from './wire/call.ts'
import type { LineState } from './wire/connection.ts'
import { Connection } from './wire/connection.ts'
import { callOverHttp } from './wire/http.ts'
import { feedsKeptMax } from './wire/limits.ts'
import type { LiveSocket } from './wire/live-socket.ts'
import type { SessionHolder } from './wire/session-holder.ts'

export type ClientOptions = {
  /** Who is signed in; undefined for a stranger, who reads over HTTP. */
  readonly viewerId: UserId | undefined
  /** Opens a socket that is this user's, or none at all. */
  readonly openSocket: (userId: UserId) => LiveSocket
  readonly keeper: Keeper
  readonly makeId: () => string
  readonly random: () => number
  readonly whoseSession: (userId: UserId) => Promise<SessionHolder>
  readonly onSignedOut: () => void
  /** The browser's session is another user's by now: what is shown here is not theirs. */
  readonly onOtherUser: () => void
}

/** What a tweet has beside its text. */
export type PostParts = Omit<CallParams<'tweet.post'>, 'text'>

type AnyFeed = Feed<TweetId> | Feed<UserId>

export class Client {
  readonly viewerId: UserId | undefined
  readonly line: Cell<LineState>
  readonly entities = new Entities()
  readonly notices = new Notices()
  readonly marks: Marks
  readonly home: Home
  readonly tagWatch: TagWatch
  readonly promotions: Promotions
  readonly notifications: Notifications
  readonly discoveries: Discoveries
  readonly drafts: Drafts
  readonly call: Call
  /** An id that nobody has made before: for what must take effect once. */
  readonly makeId: () => string
  readonly #connection: Connection | undefined
  /** Whether the reader has asked for the end of the session, and whether it has come. */
  #leaving: { hasEnded: boolean } | undefined
  readonly #onSignedOut: () => void
  readonly #onOtherUser: () => void
  readonly #whoseSession: ClientOptions['whoseSession']
  /** By what they list; the longest unused leaves first. */
  readonly #feeds = new Map<string, AnyFeed>()
  #bestOfHome: Feed<TweetId> | undefined

  constructor(options: ClientOptions) {
    const { viewerId } = options
    this.viewerId = viewerId
    this.makeId = options.makeId
    this.#onSignedOut = options.onSignedOut
    this.#onOtherUser = options.onOtherUser
    this.#whoseSession = options.whoseSession
    this.line = new Cell<LineState>(viewerId === undefined ? 'online' : 'connecting')
    this.#connection = viewerId === undefined ? undefined : this.#connect(viewerId, options)
    const connection = this.#connection
    this.call =
      connection === undefined ? callOverHttp : (name, params) => connection.call(name, params)
    const parts = { call: this.call, entities: this.entities }
    this.marks = new Marks({ ...parts, onRefused: (error) => this.complain(error) })
    this.tagWatch = new TagWatch(parts)
    this.promotions = new Promotions(parts)
    this.home = new Home({ ...parts, promotions: this.promotions })
    this.notifications = new Notifications(parts)
    this.discoveries = new Discoveries({ ...parts, isStranger: viewerId === undefined })
    const owner = viewerId === undefined ? 'nobody' : String(viewerId)
    this.drafts = new Drafts({ keeper: options.keeper, owner, makeId: options.makeId })
  }

  /** Opens the line, where there is somebody to open it for. */
  start(): void {
    this.#connection?.open()
  }

  /**
   * Carries out what ends the session. The server closes the line then, often before it has answered: that is no
   * surprise, and where to go next is up to the caller. Rejects as `work` does; the line goes on then. It is not carried out
   * where the session is another user's by now: the browser would end theirs.
   */
  async leave(work: () => Promise<unknown>): Promise<void> {
    if (
      this.viewerId !== undefined &&
      (await this.#whoseSession(this.viewerId)) === 'another user'
    ) {
      this.#onOtherUser()
      const message = 'Somebody else has logged in in this browser.'
      throw new RequestFailure(failure('unauthenticated', { message }))
    }
    const leaving = { hasEnded: false }
    this.#leaving = leaving
    try {
      await work()
      this.#connection?.close()
    } catch (error) {
      this.#leaving = undefined
      if (leaving.hasEnded) this.#onSignedOut()
      throw error
    }
  }

  /** The network says that it is back, or another one: does not wait for the next attempt. */
  networkChanged(): void {
    this.#connection?.reopen()
  }

  /** Posts, and shows the tweet to its author. Rejects with RequestFailure. */
  async post(text: string, parts: PostParts): Promise<TweetId> {
    const { tweet } = await this.call('tweet.post', { text, ...parts })
    this.entities.learnTweet(tweet)
    this.home.posted(tweet.id)
    const own = this.#feeds.get(`tweets of ${tweet.authorId}`) as Feed<TweetId> | undefined
    own?.add(tweet.id)
    if (parts.inReplyTo !== undefined) this.#replied(parts.inReplyTo, tweet.id)
    return tweet.id
  }

  /** Deletes one of the reader's own tweets. Rejects with RequestFailure. */
  async delete(tweetId: TweetId): Promise<void> {
    await this.call('tweet.delete', { tweetId })
    this.#removed(tweetId)
  }

  /** The list with this name, as it was left; made where it is new. */
  feed<Id extends TweetId | UserId>(
    name: string,
    read: (before: number | undefined) => Promise<FeedPage<Id>>,
  ): Feed<Id> {
    const known = this.#feeds.get(name) as Feed<Id> | undefined
    const feed = known ?? new Feed<Id>(read)
    this.#feeds.delete(name)
    this.#feeds.set(name, feed as unknown as AnyFeed)
    for (const oldest of this.#feeds.keys()) {
      if (this.#feeds.size <= feedsKeptMax) break
      this.#feeds.delete(oldest)
    }
    return feed
  }

  /** The list with this name is read anew when it is asked for next. */
  forgetFeed(name: string): void {
    this.#feeds.delete(name)
  }

  /** The home timeline with what matters most first, read anew. */
  bestOfHome(read: (before: number | undefined) => Promise<FeedPage<TweetId>>): Feed<TweetId> {
    this.#bestOfHome = new Feed(read)
    return this.#bestOfHome
  }

  /**
   * Nothing of this user is shown where it comes of its own accord, as the server has it from now on: a retweet goes
   * with its original, but the reader's own stays unless it cannot be read any more.
   */
  hideAuthor(userId: UserId, by: 'mute' | 'block'): void {
    const isHidden = (id: TweetId): boolean => {
      const tweet = this.entities.tweet(id)
      if (tweet?.retweetOf === undefined) return tweet?.authorId === userId
      if (tweet.authorId === this.viewerId && by === 'mute') return false
      const original = this.entities.tweet(tweet.retweetOf)
      return tweet.authorId === userId || original?.authorId === userId
    }
    const { shown, waiting } = this.home.state.value
    for (const id of [...shown, ...waiting].filter(isHidden)) this.home.removed(id)
    const best = this.#bestOfHome
    for (const id of best?.state.value.ids.filter(isHidden) ?? []) best?.remove(id)
  }

  complain(error: ErrorBody): void {
    this.notices.say(error.message, { kind: 'failed' })
  }

  #connect(viewerId: UserId, options: ClientOptions): Connection {
    const { random, onOtherUser } = options
    return new Connection({
      openSocket: () => options.openSocket(viewerId),
      whoseSession: () => options.whoseSession(viewerId),
      onOtherUser,
      onSignedOut: () => {
        if (this.#leaving === undefined) this.#onSignedOut()
        else this.#leaving.hasEnded = true
      },
      random,
      onPush: (event, data) => this.#pushed(event, data),
      onState: (state) => {
        this.line.set(state)
        if (state === 'online') void this.#online(viewerId)
        else {
          this.home.disconnected()
          this.notifications.disconnected()
          this.tagWatch.disconnected()
        }
      },
      heartbeat: () => this.call('user.get', { user: { id: viewerId } }),
    })
  }

  async #online(viewerId: UserId): Promise<void> {
    const own = this.call('user.get', { user: { id: viewerId } }).then(
      ({ user }) => this.entities.learnUser(user),
      // The page shows what it knows of its reader; the home timeline says that the server is away.
      () => undefined,
    )
    this.tagWatch.connected()
    await Promise.all([own, this.home.connected(), this.notifications.connected()])
  }

  #pushed(event: string, data: unknown): void {
    if (event === 'timeline.tweet') {
      this.home.pushed(data as PushData<'timeline.tweet'>)
      this.tagWatch.pushed(data as PushData<'timeline.tweet'>)
    } else if (event === 'notification') this.notifications.pushed(data as PushData<'notification'>)
    else if (event === 'tweet.deleted') this.#removed((data as PushData<'tweet.deleted'>).tweetId)
    else if (event === 'tweet.counts') {
      const { tweetId, ...counts } = data as PushData<'tweet.counts'>
      this.entities.changeTweet(tweetId, (tweet) => ({ ...tweet, counts }))
    }
  }

  #replied(parentId: TweetId, replyId: TweetId): void {
    const replies = this.#feeds.get(`replies to ${parentId}`) as Feed<TweetId> | undefined
    replies?.add(replyId)
  }

  #removed(tweetId: TweetId): void {
    this.entities.remove(tweetId)
    this.home.removed(tweetId)
    for (const feed of this.#feeds.values()) (feed as Feed<TweetId>).remove(tweetId)
  }
}
