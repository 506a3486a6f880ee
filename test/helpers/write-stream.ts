// A stream of writes that remembers what it was told: users on both shards who post, follow,
// favorite, unfollow and delete, one request after the other each, without a pause.
//
// Every acknowledgement goes into the oracle (loadtest/oracle/oracle.ts). Every attempt that was not
// acknowledged is kept as well, with its error and how long it took; it is made again, with the same
// operation id, as long as its advice is to do so. So when the stream has ended nothing is open, and
// what the server shows has to be exactly what the oracle says.

import type { CallAnswer, CallParams } from '../../loadtest/client/client.ts'
import { CallFailure, Client } from '../../loadtest/client/client.ts'
import type { StateRecord } from '../../loadtest/oracle/oracle.ts'
import { World } from '../../loadtest/oracle/oracle.ts'
import { Random } from '../../loadtest/std/random.ts'
import type { Verification } from '../../loadtest/verify/verifier.ts'
import { verifyWorld } from '../../loadtest/verify/verifier.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { OperationName } from '../../protocol/registry.ts'
import { eventually } from './eventually.ts'
import { handleOn } from './running-cluster.ts'

/** More than a gateway waits for a shard: who is answered by this has been left hanging. */
const hangMs = 20_000
/** Until one write is through: a whole cluster may have to start meanwhile. */
const writeWithinMs = 90_000

export type FailedAttempt = {
  readonly operation: OperationName
  readonly error: ErrorBody
  readonly tookMs: number
}

type Writer = {
  readonly client: Client
  readonly id: UserId
  readonly follows: Set<UserId>
  readonly favorites: Set<TweetId>
  /** Tweets that nobody else is told of, to be deleted. */
  readonly doomed: TweetId[]
  acknowledged: number
}

export class WriteStream implements AsyncDisposable {
  readonly world = new World()
  readonly failures: FailedAttempt[] = []
  /** Why sockets were closed that had a live stream. */
  readonly closes: number[] = []
  readonly #url: string
  readonly #random: Random
  readonly #writers: Writer[] = []
  readonly #watchers: Client[] = []
  readonly #tweets: TweetId[] = []
  #isRunning = false
  #isGivenUp = false
  #running: Promise<unknown> = Promise.resolve()
  #operations = 0

  private constructor(url: string, seed: number) {
    this.#url = url
    this.#random = new Random(seed)
  }

  /** Signs up `perShard` users on each of the two shards, and one who watches live on each. */
  static async open(url: string, perShard: number): Promise<WriteStream> {
    const seed = Math.floor(Math.random() * 2 ** 32)
    console.info(`seed of the stream of writes: ${seed}`)
    const stream = new WriteStream(url, seed)
    for (const shard of ['shard-0', 'shard-1'] as const) {
      for (let count = 0; count < perShard; count++) await stream.#signUp(handleOn(shard, 'w'))
      await stream.#watch(handleOn(shard, 'l'))
    }
    return stream
  }

  get acknowledged(): number {
    return this.#writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  }

  begin(): void {
    this.#isRunning = true
    const loops = this.#writers.map(async (writer) => {
      while (this.#isRunning) await this.#writeOnce(writer)
    })
    this.#running = Promise.all(loops)
    this.#running.catch(() => undefined) // Whoever ends the stream is told.
  }

  /** Resolves when each of the users has had so many writes acknowledged from now on. */
  async untilEachHas(count: number): Promise<void> {
    const before = this.#writers.map(({ acknowledged }) => acknowledged)
    const isThere = () =>
      this.#writers.every(({ acknowledged }, index) => acknowledged >= before[index]! + count)
    const over = this.#running.then(() => 'the stream has ended')
    const waited = eventually(isThere, {
      withinMs: writeWithinMs,
      elseDump: () => this.failures.slice(-5),
    })
    await Promise.race([waited, over])
  }

  /** Ends when the last write of each user is through. */
  async end(): Promise<void> {
    this.#isRunning = false
    await this.#running
  }

  /** Reads everything back as each of the users, and compares it with what was acknowledged. */
  async verify(): Promise<Verification> {
    const options = { world: this.world, url: this.#url, sockets: 4, onUser: () => undefined }
    return await verifyWorld(options)
  }

  /** Tweets that are older than one of the same author that was acknowledged before them. */
  misordered(): number[] {
    return [...this.world.users.values()].flatMap(({ tweets }) =>
      tweets.flatMap(({ id }, index) => (id > (tweets[index - 1]?.id ?? 0) ? [] : [id])),
    )
  }

  /** Ends without the writes that are under way: for a test that has failed. */
  async giveUp(): Promise<void> {
    this.#isRunning = false
    this.#isGivenUp = true
    await this.#running.catch(() => undefined) // Which is what giving up means.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.giveUp()
    for (const client of this.#watchers) client.close()
    for (const { client } of this.#writers) client.close()
  }

  async #signUp(handle: string): Promise<void> {
    const client = await this.#client()
    const name = `Writer ${handle}`
    const { user, token } = await client.call('account.create', {
      handle,
      name,
      password: 'a good password',
    })
    const { id, createdAt } = user
    this.#record({ type: 'user', id, handle, name, createdAt, token })
    const sets = { follows: new Set<UserId>(), favorites: new Set<TweetId>() }
    this.#writers.push({ client, id, ...sets, doomed: [], acknowledged: 0 })
  }

  /** Somebody who is subscribed whenever a socket is there to be had. */
  async #watch(handle: string): Promise<void> {
    const client = await this.#client((code) => {
      this.closes.push(code)
      void this.#subscribe(client)
    })
    await client.call('account.create', { handle, name: handle, password: 'a good password' })
    this.#watchers.push(client)
    await this.#subscribe(client)
  }

  async #subscribe(client: Client): Promise<void> {
    const params = { channel: 'home' }
    const isSubscribed = async () =>
      this.#isGivenUp || (await client.call('live.subscribe', params)).position
    await eventually(isSubscribed, { withinMs: writeWithinMs })
  }

  /** It makes one attempt for each call: what fails is this file's to repeat. */
  async #client(onClosed: (code: number) => void = () => undefined): Promise<Client> {
    return await Client.open({
      url: this.#url,
      retriesMax: 0,
      timeoutMs: hangMs,
      onLost: ({ code }) => onClosed(code),
    })
  }

  async #writeOnce(writer: Writer): Promise<void> {
    const chance = this.#random.fraction()
    if (chance < 0.55) await this.#post(writer)
    else if (chance < 0.75) await this.#favorite(writer)
    else if (chance < 0.95) await this.#follow(writer)
    else await this.#delete(writer)
    writer.acknowledged++
  }

  async #post(writer: Writer): Promise<void> {
    const operationId = `operation-${++this.#operations}`
    const text = `Write ${this.#operations} of ${writer.id}`
    const { tweet } = await this.#call(writer, 'tweet.post', { text, operationId })
    const { id, authorId, createdAt } = tweet
    this.#record({ type: 'tweet', id, authorId, text: tweet.text, createdAt })
    if (this.#random.chance(0.1)) writer.doomed.push(id)
    else this.#tweets.push(id)
  }

  async #favorite(writer: Writer): Promise<void> {
    if (this.#tweets.length === 0) return
    const tweetId = this.#random.pick(this.#tweets)
    const isFavorite = writer.favorites.delete(tweetId)
    if (!isFavorite) writer.favorites.add(tweetId)
    const type = isFavorite ? 'unfavorite' : 'favorite'
    await this.#call(writer, `tweet.${type}`, { tweetId })
    this.#record({ type, userId: writer.id, tweetId })
  }

  async #follow(writer: Writer): Promise<void> {
    const others = this.#writers.filter(({ id }) => id !== writer.id)
    const userId = this.#random.pick(others).id
    const isFollowed = writer.follows.delete(userId)
    if (!isFollowed) writer.follows.add(userId)
    const type = isFollowed ? 'unfollow' : 'follow'
    await this.#call(writer, `user.${type}`, { userId })
    this.#record({ type, userId: writer.id, followeeId: userId })
  }

  async #delete(writer: Writer): Promise<void> {
    const tweetId = writer.doomed.pop()
    if (tweetId === undefined) return
    await this.#call(writer, 'tweet.delete', { tweetId })
    this.#record({ type: 'delete', tweetId })
  }

  /** Makes the call until it is acknowledged. Throws where the advice is not to try again. */
  async #call<N extends OperationName>(
    writer: Writer,
    operation: N,
    params: CallParams<N>,
  ): Promise<CallAnswer<N>> {
    let attempts = 0
    let refused: unknown
    const answer = await eventually(
      async () => {
        const startedAtMs = performance.now()
        attempts++
        try {
          return { value: await writer.client.call(operation, params) }
        } catch (error) {
          if (!(error instanceof CallFailure)) throw error
          const { body } = error
          // A deletion has no operation id; that the tweet is gone is what its repeat is told.
          const isDone = operation === 'tweet.delete' && attempts > 1 && body.code === 'not_found'
          if (isDone) return { value: undefined }
          this.failures.push({ operation, error: body, tookMs: performance.now() - startedAtMs })
          if (body.retry === 'never' || this.#isGivenUp) refused = error
          return refused === undefined ? undefined : { value: undefined }
        }
      },
      { withinMs: writeWithinMs, elseDump: () => this.failures.slice(-5) },
    )
    if (refused !== undefined) throw refused
    return answer.value as CallAnswer<N>
  }

  #record(record: StateRecord): void {
    this.world.apply(record)
  }
}
