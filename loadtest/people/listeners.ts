// Listeners: some of those who act keep a socket open over the whole run, and note what is pushed to them. At the end
// each tweet has come to each of them as often as the oracle says: once, or never.
//
//   must    of somebody whom they follow, and nothing hides it
//   never   what is hidden from them, or of somebody whom they do not follow
//   may     somebody has just followed, blocked or muted in the same window: nobody can say what came first. The
//           retweet of what a listener is shown in another way, by whichever of them came first
//
// A tweet is judged at the end of the window in which it was posted, when the world stands as it stood for all of it
// that did not change meanwhile.

import { setTimeout as delay } from 'node:timers/promises'
import { Subscription } from '../client/subscription.ts'
import type { KnownTweet, World } from '../oracle/oracle.ts'
import { wordsMuted } from './feature-doings.ts'
import type { Steady } from './steady.ts'
import { keys } from './steady.ts'

export type ListenerOptions = {
  readonly url: string
  readonly world: World
  readonly userIds: readonly number[]
}

/** What became of the pushes. */
export type Heard = {
  /** Those who listened to the end. */
  readonly listeners: number
  /** Pushes that had to come to them. */
  readonly expected: number
  /** Those that did not, those that must not have come, and those that came twice. */
  readonly wrong: number
  /** The first of them, a line each. */
  readonly examples: readonly string[]
}

type Listener = {
  readonly userId: number
  readonly must: Set<number>
  readonly never: Set<number>
  readonly heard: Set<number>
  subscription?: Subscription
  /** The server has let the listener go, or could not tell everything: nothing is expected any more. */
  isOut: boolean
}

const retriesMax = 20
const waitMsMax = 10_000
const pauseMs = 20
const examplesMax = 20

export class Listeners implements AsyncDisposable {
  readonly #world: World
  readonly #listeners: readonly Listener[]
  /** Tweets of the windows before. */
  readonly #older: Set<number>

  private constructor({ world, userIds }: ListenerOptions) {
    this.#world = world
    this.#older = new Set(world.tweets.keys())
    this.#listeners = userIds.map((userId) => ({
      userId,
      must: new Set(),
      never: new Set(),
      heard: new Set(),
      isOut: false,
    }))
  }

  /** Resolves when all of them are subscribed. Throws CallFailure. */
  static async open(options: ListenerOptions): Promise<Listeners> {
    const opened = new Listeners(options)
    const { url, world } = options
    for (const listener of opened.#listeners) {
      const out = () => {
        listener.isOut = true
      }
      listener.subscription = await Subscription.open({
        url,
        retriesMax,
        token: world.user(listener.userId).token,
        onTweet: ({ id }) => listener.heard.add(id),
        onHole: out,
        onEnd: out,
      })
    }
    return opened
  }

  /** Judges what was posted in the window that has just ended. */
  windowEnded(steady: Steady): void {
    const tweets = [...this.#world.tweets.values()].slice(this.#older.size)
    for (const listener of this.#listeners) {
      if (!steady.acts(listener.userId)) listener.isOut = true
      if (listener.isOut) continue
      for (const tweet of tweets) {
        const verdict = this.#verdict(listener.userId, tweet, steady)
        if (verdict !== 'may') listener[verdict].add(tweet.id)
      }
    }
    for (const { id } of tweets) this.#older.add(id)
  }

  /** Waits until everything has come that has to, and says what was wrong. */
  async heard(): Promise<Heard> {
    const deadlineMs = performance.now() + waitMsMax
    const isAllHere = () =>
      this.#left().every(({ must, heard }) => missing(must, heard).length === 0)
    while (!isAllHere() && performance.now() < deadlineMs) await delay(pauseMs)
    const left = this.#left()
    const wrong = left.flatMap((listener) => this.#wrongOf(listener))
    return {
      listeners: left.length,
      expected: left.reduce((sum, { must }) => sum + must.size, 0),
      wrong: wrong.length,
      examples: wrong.slice(0, examplesMax),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { subscription } of this.#listeners) await subscription?.[Symbol.asyncDispose]()
  }

  #left(): readonly Listener[] {
    return this.#listeners.filter(({ isOut }) => !isOut)
  }

  #wrongOf({ userId, must, never, heard, subscription }: Listener): string[] {
    const { handle } = this.#world.user(userId)
    // Whoever has come back may be told again what was on its way.
    const twice = subscription?.returns === 0 ? subscription.repeats : 0
    return [
      ...missing(must, heard).map((id) => `${id} was not pushed to @${handle}`),
      ...[...never].filter((id) => heard.has(id)).map((id) => `${id} was pushed to @${handle}`),
      ...new Array<string>(twice).fill(`something was pushed twice to @${handle}`),
    ]
  }

  #verdict(userId: number, tweet: KnownTweet, steady: Steady): 'must' | 'never' | 'may' {
    const world = this.#world
    if (!this.#isSteady(userId, tweet, steady)) return 'may'
    if (!world.comesTo(userId, tweet)) return 'never'
    if (tweet.retweetOf === undefined) return 'must'
    const original = world.original(tweet)
    const others = [original, ...original.retweets].filter((one) => one !== tweet)
    if (!others.every((one) => this.#isSteady(userId, one, steady))) return 'may'
    const shown = others.filter((one) => world.comesTo(userId, one))
    if (shown.length === 0) return 'must'
    return shown.some(({ id }) => this.#older.has(id)) ? 'never' : 'may'
  }

  /** Whether nothing has changed in this window that the answer depends on. */
  #isSteady(userId: number, tweet: KnownTweet, steady: Steady): boolean {
    const thread = [...this.#threadOf(tweet), ...this.#threadOf(this.#world.original(tweet))]
    const changes = thread.flatMap(({ id, authorId }) => [
      keys.tweet(id),
      keys.mark('mute-thread', userId, id),
      keys.leaves(authorId),
      keys.opens(authorId),
      keys.apart(userId, authorId),
      keys.follow(userId, authorId),
      keys.mark('mute', userId, authorId),
    ])
    const words = wordsMuted.map((word) => keys.mark('word', userId, word))
    return [...changes, ...words].every((key) => !steady.isChanged(key))
  }

  /** A tweet and what it replies to, up to the root. */
  #threadOf(tweet: KnownTweet): KnownTweet[] {
    const { inReplyTo } = tweet
    return inReplyTo === undefined
      ? [tweet]
      : [tweet, ...this.#threadOf(this.#world.tweet(inReplyTo))]
  }
}

function missing(must: ReadonlySet<number>, heard: ReadonlySet<number>): number[] {
  return [...must].filter((id) => !heard.has(id))
}
