// What a swarm does all the while: posts and reads at fixed rates, by clients chosen by chance.

import { decodeValue } from '../../protocol/message-pack-reader.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { timelineUser } from '../../protocol/operations/timeline-user.ts'
import { tweetFavorite } from '../../protocol/operations/tweet-favorite.ts'
import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import type { OptionTable } from '../options.ts'
import type { Kind, Recorder } from '../report/recorder.ts'
import type { Random } from '../std/random.ts'
import type { Ledger, Post } from './ledger.ts'
import { textOf } from './ledger.ts'
import { Pacer } from './pacer.ts'
import type { Swarm, SwarmClient, SwarmRequest } from './swarm.ts'

const rate = { kind: 'number', min: 0, max: 1e6, isFraction: true } as const

export const backgroundOptions = {
  posts: { ...rate, default: 200, meaning: 'Posts a second' },
  reads: { ...rate, default: 600, meaning: 'Home timelines read a second' },
  profiles: { ...rate, default: 300, meaning: 'User timelines read a second' },
  favorites: { ...rate, default: 50, meaning: 'Favorites a second, of tweets posted lately' },
} as const satisfies OptionTable

export type BackgroundRates = Readonly<Record<keyof typeof backgroundOptions, number>>

export type BackgroundOptions = {
  readonly swarm: Swarm
  readonly ledger: Ledger
  readonly recorder: Recorder
  readonly random: Random
  readonly userIds: readonly number[]
  readonly rates: BackgroundRates
  /** Only these clients post and read; they are to stay connected. */
  readonly actors: readonly SwarmClient[]
}

/** A post of the usual length: most tweets are short. */
const usualWords =
  'what a swarm of people says to each other on a day like any other, in a hundred letters or so'
const pageLimit = 20
/** Draws of chance until somebody is taken to be there. */
const drawsMax = 50
/** Tweets that are marked as favorites: the newest ones. */
const recentMax = 1_000

export class Background {
  readonly #options: BackgroundOptions
  readonly #pacers: readonly Pacer[]
  readonly #late: Kind
  readonly #post: Kind
  readonly #recent: number[] = []
  #posted = 0

  constructor(options: BackgroundOptions) {
    this.#options = options
    const { recorder, rates } = options
    this.#post = recorder.kind('post', 'tweet.post, to its acknowledgement')
    const home = recorder.kind('home', `timeline.home, ${pageLimit} tweets`)
    const profile = recorder.kind('profile', `timeline.user, ${pageLimit} tweets`)
    const favorite = recorder.kind('favorite', 'tweet.favorite, to its acknowledgement')
    this.#late = recorder.kind('generator late', 'how late requests went out; it is in all others')
    this.#late.isQuiet = true
    const pacer = (perSecond: number, work: (intendedMs: number) => void) =>
      new Pacer({ perSecond, work })
    this.#pacers = [
      pacer(rates.posts, (intendedMs) => this.#postBySomebody(intendedMs)),
      pacer(rates.reads, (intendedMs) => {
        this.#act({ operation: timelineHome, params: { limit: pageLimit }, kind: home, intendedMs })
      }),
      pacer(rates.profiles, (intendedMs) => {
        const params = { userId: options.random.pick(options.userIds), limit: pageLimit }
        this.#act({ operation: timelineUser, params, kind: profile, intendedMs })
      }),
      pacer(rates.favorites, (intendedMs) => {
        if (this.#recent.length === 0) return
        const params = { tweetId: options.random.pick(this.#recent) }
        this.#act({ operation: tweetFavorite, params, kind: favorite, intendedMs })
      }),
    ]
  }

  start(): void {
    for (const pacer of this.#pacers) pacer.start()
  }

  stop(): void {
    for (const pacer of this.#pacers) pacer.stop()
  }

  /** Posts as a client that is live. @returns the post, as the ledger has it */
  post(
    author: SwarmClient,
    work: { readonly intendedMs: number; readonly kind: Kind; readonly words?: string },
  ): Post {
    const { swarm, ledger, recorder } = this.#options
    const { intendedMs, kind, words = usualWords } = work
    const post = ledger.post({ author: author.index, intendedMs, sentMs: performance.now() })
    swarm.request(author, {
      operation: tweetPost,
      params: { text: textOf(post, words) },
      kind,
      intendedMs,
      onResult: (result) => this.#noteTweet(result),
      onError: ({ code, message }) => {
        post.isRefused = true
        recorder.error(`${tweetPost.name}: ${code} (${message})`)
      },
    })
    return post
  }

  #postBySomebody(intendedMs: number): void {
    const author = this.#somebody()
    if (author === undefined) return
    this.#late.record((performance.now() - intendedMs) * 1_000)
    this.post(author, { intendedMs, kind: this.#post })
  }

  #noteTweet(result: Uint8Array): void {
    const { tweet } = decodeValue(postAnswer, result) as { tweet: { id: number } }
    this.#recent[this.#posted++ % recentMax] = tweet.id
  }

  #act(request: SwarmRequest): void {
    const client = this.#somebody()
    if (client === undefined) return
    this.#late.record((performance.now() - request.intendedMs) * 1_000)
    this.#options.swarm.request(client, request)
  }

  #somebody(): SwarmClient | undefined {
    const { random, actors, recorder } = this.#options
    for (let draw = 0; draw < drawsMax; draw++) {
      const client = random.pick(actors)
      if (client.state === 'live') return client
    }
    recorder.error('nobody is connected')
    return undefined
  }
}

const postAnswer = { kind: 'record', fields: tweetPost.answer } as const
