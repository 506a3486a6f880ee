// A few users who post and read over their WebSockets at a fixed rate: the live half of a mixed load.

import type { Tweet } from '../../protocol/entities.ts'
import type { CallAnswer, CallParams } from '../client/client.ts'
import { CallFailure, Client } from '../client/client.ts'
import type { KnownUser } from '../oracle/oracle.ts'
import type { Recorder } from '../report/recorder.ts'
import type { Random } from '../std/random.ts'
import { Pacer } from '../swarm/pacer.ts'

export type LiveAuthorsOptions = {
  readonly url: string
  readonly users: readonly KnownUser[]
  readonly random: Random
  readonly postsPerSecond: number
  readonly readsPerSecond: number
  readonly recorder: Pick<Recorder, 'kind' | 'error'>
  /** Called for each acknowledged post. */
  readonly onPosted: (tweet: Tweet) => void
}

/** A text tells which post it is, so that its pushes can be timed before it is acknowledged. */
const marker = /^live post (\d+)$/

export class LiveAuthors implements AsyncDisposable {
  readonly #options: LiveAuthorsOptions
  readonly #clients: Client[] = []
  readonly #pacers: readonly Pacer[]
  /** When each of the newest posts was due, by its number. */
  readonly #dueMs = new Map<number, number>()
  readonly #underWay = new Set<Promise<void>>()
  #posts = 0
  acknowledged = 0

  private constructor(options: LiveAuthorsOptions) {
    this.#options = options
    this.#pacers = [
      new Pacer({
        perSecond: options.postsPerSecond,
        work: (dueMs) => this.#start(() => this.#post(dueMs)),
      }),
      new Pacer({
        perSecond: options.readsPerSecond,
        work: (dueMs) => this.#start(() => this.#read(dueMs)),
      }),
    ]
  }

  /** Opens a socket for each user. Throws CallFailure. */
  static async open(options: LiveAuthorsOptions): Promise<LiveAuthors> {
    const authors = new LiveAuthors(options)
    for (const { token } of options.users) {
      authors.#clients.push(await Client.open({ url: options.url, token }))
    }
    return authors
  }

  start(): void {
    for (const pacer of this.#pacers) pacer.start()
  }

  /** Starts nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    for (const pacer of this.#pacers) pacer.stop()
    await Promise.all(this.#underWay)
  }

  /** A tweet came to somebody: times it, if it is one of these. */
  pushed(text: string): void {
    const number = marker.exec(text)?.[1]
    const dueMs = number === undefined ? undefined : this.#dueMs.get(Number(number))
    if (dueMs === undefined) return
    this.#options.recorder.kind('live push').record((performance.now() - dueMs) * 1_000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    for (const client of this.#clients) client.close()
  }

  #start(work: () => Promise<void>): void {
    const started = work().finally(() => this.#underWay.delete(started))
    this.#underWay.add(started)
  }

  async #post(dueMs: number): Promise<void> {
    const number = ++this.#posts
    this.#dueMs.set(number, dueMs)
    this.#dueMs.delete(number - timedMax)
    const answer = await this.#call('tweet.post', { text: `live post ${number}` }, dueMs)
    if (answer === undefined) return
    this.acknowledged++
    this.#options.onPosted(answer.tweet)
  }

  async #read(dueMs: number): Promise<void> {
    await this.#call('timeline.home', {}, dueMs)
  }

  /** Undefined where it failed. */
  async #call<N extends 'tweet.post' | 'timeline.home'>(
    name: N,
    params: CallParams<N>,
    dueMs: number,
  ): Promise<CallAnswer<N> | undefined> {
    const { recorder, random } = this.#options
    const kind = `live ${name}`
    try {
      const answer = await random.pick(this.#clients).call(name, params)
      recorder.kind(kind).record((performance.now() - dueMs) * 1_000)
      return answer
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      recorder.error(`${kind} failed: ${error.body.code}`)
      return undefined
    }
  }
}

/** Posts whose pushes are timed: the newest ones, which covers everybody who is not away. */
const timedMax = 4_096
