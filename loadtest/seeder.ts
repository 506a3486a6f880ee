// Brings a population to life on a server: signs everybody up, lets them follow, post, favorite and
// take things back, and notes every write that was acknowledged.
//
// A socket belongs to one user at a time. So each window of actions is dealt out by user, and a fixed
// number of sockets takes the users in turn, with several requests of a user in flight.

import type { TweetId, UserId } from '../protocol/ids.ts'
import { forEachBounded } from './bounded.ts'
import { CallFailure, Client } from './client.ts'
import { closing } from './closing.ts'
import type { StateRecord } from './oracle.ts'
import { World } from './oracle.ts'
import type { Action, PlanTotals } from './plan.ts'
import { planFollows, planWindows } from './plan.ts'
import type { Graph } from './population.ts'
import { personOf, Zipf } from './population.ts'
import { Random } from './random.ts'
import type { StateSink } from './state.ts'
import { TextGenerator } from './texts.ts'

export type SeedOptions = {
  readonly url: string
  readonly graph: Graph
  readonly seed: string
  /** Of all handles: prefix and label. */
  readonly prefix: string
  readonly zipfExponent: number
  readonly totals: PlanTotals
  readonly sockets: number
  readonly inFlight: number
  readonly sink: StateSink
  /** Called for each write that has ended, well or not. */
  readonly onDone: () => void
}

export type SeedResult = {
  readonly world: World
  /** Acknowledged writes by kind. */
  readonly acknowledged: Map<string, number>
  /** Writes that failed, by what went wrong. */
  readonly failed: Map<string, number>
}

/** Retries of one write: enough to outlast a restart of the server. */
const retriesMax = 20

/** How many writes a run will make, for a progress bar. */
export function writesOf(graph: Graph, totals: PlanTotals): number {
  const actions = Object.values(totals).reduce((sum, count) => sum + count, 0)
  return graph.labels.length + graph.from.length + actions
}

/** Throws CallFailure where nobody can sign up; single failed writes are counted in the result. */
export async function seedPopulation(options: SeedOptions): Promise<SeedResult> {
  return await new Seeder(options).run()
}

class Seeder {
  readonly #options: SeedOptions
  readonly #world = new World()
  readonly #acknowledged = new Map<string, number>()
  readonly #failed = new Map<string, number>()

  constructor(options: SeedOptions) {
    this.#options = options
  }

  async run(): Promise<SeedResult> {
    const { graph, seed, url, totals } = this.#options
    this.#note({ type: 'run', version: 1, url, seed })
    const userIds = await this.#signUp()
    const random = new Random(`${seed} actions`)
    const handles = graph.labels.map((label) => personOf(label, this.#options).handle)
    const parts = {
      world: this.#world,
      random,
      userIds,
      authors: new Zipf(new Random(`${seed} authors`), {
        count: userIds.length,
        exponent: this.#options.zipfExponent,
      }),
      texts: new TextGenerator(new Random(`${seed} texts`), handles),
    }
    const { early, late } = planFollows(graph, parts)
    await this.#perform(early)
    for (const window of planWindows(parts, totals, late)) await this.#perform(window)
    return { world: this.#world, acknowledged: this.#acknowledged, failed: this.#failed }
  }

  /** @returns the ids by the graph's index */
  async #signUp(): Promise<number[]> {
    const { graph, sockets } = this.#options
    const userIds: number[] = new Array(graph.labels.length).fill(0)
    await forEachBounded(graph.labels.entries(), sockets, async ([index, label]) => {
      const opened = await Client.open({ url: this.#options.url, retriesMax })
      const { user, token } = await closing(opened, (client) =>
        client.call('account.create', personOf(label, this.#options)),
      )
      const { id, handle, name, createdAt } = user
      this.#note({ type: 'user', id, handle, name, createdAt, token })
      userIds[index] = id
      this.#ended('account')
    })
    return userIds
  }

  async #perform(actions: readonly Action[]): Promise<void> {
    const { url, sockets, inFlight } = this.#options
    const byUser = Map.groupBy(actions, (action) => action.userId)
    await forEachBounded(byUser, sockets, async ([userId, own]) => {
      const { token } = this.#world.user(userId)
      const opened = await Client.open({ url, token, retriesMax, inFlightMax: inFlight })
      await closing(opened, (client) =>
        forEachBounded(own, inFlight, (action) => this.#act(client, action)),
      )
    })
  }

  async #act(client: Client, action: Action): Promise<void> {
    const { kind, userId } = action
    try {
      this.#note(await performers[kind](client, action as never))
      this.#ended(kind)
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      // A deletion that had to be repeated finds its tweet gone: the first sending took effect.
      if (kind === 'delete' && error.body.code === 'not_found' && error.attempts > 1) {
        this.#note({ type: 'delete', tweetId: action.tweetId })
        this.#ended(kind)
        return
      }
      if (error.body.retry !== 'never') this.#note({ type: 'unsure', kind, userId })
      const what = `${kind}: ${error.body.code}: ${error.body.message}`
      this.#failed.set(what, (this.#failed.get(what) ?? 0) + 1)
      this.#options.onDone()
    }
  }

  #note(record: StateRecord): void {
    this.#world.apply(record)
    this.#options.sink.add(record)
  }

  #ended(kind: string): void {
    this.#acknowledged.set(kind, (this.#acknowledged.get(kind) ?? 0) + 1)
    this.#options.onDone()
  }
}

/** How each kind of action is said to a server, and what its acknowledgement means. */
const performers: {
  readonly [K in Action['kind']]: (
    client: Client,
    action: Action & { readonly kind: K },
  ) => Promise<StateRecord>
} = {
  post: async (client, { text }) => {
    const { tweet } = await client.call('tweet.post', { text })
    const { id, authorId, createdAt } = tweet
    // The text as it was sent: verify finds out where the server keeps another one.
    return { type: 'tweet', id, authorId, text, createdAt }
  },
  follow: async (client, { userId, followeeId }) => {
    await client.call('user.follow', { userId: followeeId as UserId })
    return { type: 'follow', userId, followeeId }
  },
  unfollow: async (client, { userId, followeeId }) => {
    await client.call('user.unfollow', { userId: followeeId as UserId })
    return { type: 'unfollow', userId, followeeId }
  },
  favorite: async (client, { userId, tweetId }) => {
    await client.call('tweet.favorite', { tweetId: tweetId as TweetId })
    return { type: 'favorite', userId, tweetId }
  },
  unfavorite: async (client, { userId, tweetId }) => {
    await client.call('tweet.unfavorite', { tweetId: tweetId as TweetId })
    return { type: 'unfavorite', userId, tweetId }
  },
  delete: async (client, { tweetId }) => {
    await client.call('tweet.delete', { tweetId: tweetId as TweetId })
    return { type: 'delete', tweetId }
  },
}
