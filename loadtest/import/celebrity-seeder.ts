// Brings a celebrity to life, with very many followers, and notes what was acknowledged: like seeder.ts, but by
// an operator's import, for so many would take long to sign up.
//
//   import everybody -> some or all followers sign in, and read once -> windows of actions, read along
//
// A follower's first reading is what it is all about: from then on the server keeps a timeline for them, into which
// each tweet has to be delivered. Who has never read has none, and gets one that is made on reading.

import { timeOfId } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { Client } from '../client/client.ts'
import type { OperatorDoor } from '../client/operator.ts'
import { OperatorClient } from '../client/operator.ts'
import { Onlookers } from '../people/onlookers.ts'
import type { Performed, PerformerOptions } from '../people/performer.ts'
import { Performer, retriesMax } from '../people/performer.ts'
import type { Action, PlanParts, PlanTotals } from '../people/plan.ts'
import { actionsOf, planWindows } from '../people/plan.ts'
import { personOf, Zipf } from '../people/population.ts'
import { TextGenerator } from '../people/texts.ts'
import type { Report } from '../report/report.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import { Random } from '../std/random.ts'
import { authorCount, authorsFollowed, CelebrityCrowd } from './celebrity-graph.ts'
import { Importer } from './importer.ts'

export type CelebrityOptions = Omit<PerformerOptions, 'onDone'> & {
  readonly operator: OperatorDoor
  readonly seed: string
  /** Of all handles: prefix and number. */
  readonly prefix: string
  /** Of the celebrity, before the first tweet. */
  readonly followers: number
  /** How many of them sign in: they act, and are read in the end. */
  readonly readers: number
  /** The share of tweets that are the celebrity's. */
  readonly celebrityShare: number
  readonly zipfExponent: number
  /** What is to happen, by how many follows there are that may be undone. */
  readonly totals: (follows: number) => PlanTotals
  readonly report: Report
}

export type CelebritySeed = Performed & { readonly onlookers: Onlookers }

/** Of the readers so many follow the celebrity only while tweets are posted: one in this many. */
const latecomersOneIn = 100
/** The share of tweets that are a reader's; the rest of what is not the celebrity's is the authors'. */
const readerShare = 0.05
/** Batches of the import on their way at a time. */
const batchesInFlight = 4
/** Sockets on which timelines are read while others act. */
const onlookerSockets = 4
const handlesMentionedMax = 1_000

/**
 * Throws CallFailure where users cannot be brought in or sign in, and Error where some of them are there already;
 * single failed writes are counted in the result.
 */
export async function seedCelebrity(options: CelebrityOptions): Promise<CelebritySeed> {
  return await new CelebritySeeder(options).run()
}

class CelebritySeeder {
  readonly #options: CelebrityOptions
  readonly #crowd: CelebrityCrowd
  /** The celebrity, the authors, then those followers and latecomers who sign in. */
  readonly #actors: readonly number[]

  constructor(options: CelebrityOptions) {
    this.#options = options
    const { seed, followers } = options
    const latecomers = Math.ceil(options.readers / latecomersOneIn)
    this.#crowd = new CelebrityCrowd(new Random(`${seed} crowd`), { followers, latecomers })
    const { followersFrom, latecomersFrom, nodeCount } = this.#crowd
    const readers = new Random(`${seed} readers`)
      .shuffle(range(followersFrom, latecomersFrom))
      .slice(0, options.readers)
    this.#actors = [...range(0, followersFrom), ...readers, ...range(latecomersFrom, nodeCount)]
  }

  async run(): Promise<CelebritySeed> {
    const { seed, url, report } = this.#options
    const ids = await this.#bringIn()
    const tokens = await this.#signIn()
    const late = this.#lateFollows(ids)
    const totals = this.#options.totals(this.#actors.length * authorsFollowed)
    const progress = report.progress('actions', actionsOf(totals) + late.length)
    const performer = new Performer({ ...this.#options, onDone: () => progress.add() })
    const { world } = performer
    performer.note({ type: 'run', version: 1, url, seed })
    this.#noteAll(performer, { ids, tokens })
    const userIds = this.#actors.map((node) => ids[node]!)
    const onlookers = new Onlookers({
      url,
      world,
      random: new Random(`${seed} onlookers`),
      userIds,
      sockets: onlookerSockets,
    })
    for (const actions of planWindows({ ...this.#parts(), world, userIds }, totals, late)) {
      await onlookers.during(actions, () => performer.perform(actions))
    }
    progress.end()
    const { acknowledged, failed } = performer
    return { world, acknowledged, failed, onlookers }
  }

  /** @returns ids by node */
  async #bringIn(): Promise<Float64Array> {
    const { prefix, report } = this.#options
    const client = new OperatorClient(this.#options.operator)
    const edges = this.#crowd.edges()
    const progress = report.progress('imported follows', edges.estimate)
    const importer = new Importer({
      client,
      partitionCount: await client.partitionCount(),
      prefix,
      password: this.#password,
      inFlight: batchesInFlight,
      onFollows: (count) => progress.add(count),
    })
    const { nodes, follows, added } = await importer.run(edges)
    progress.end()
    if (added < follows) {
      throw new Error('these users are on the server already: choose another --prefix')
    }
    const { nodeCount } = this.#crowd
    return Float64Array.from(
      { length: nodeCount },
      (_, node) => nodes.userIds[nodes.indexOf(node)]!,
    )
  }

  /** Signs everybody in who acts, and reads their timeline once. @returns tokens by node */
  async #signIn(): Promise<Map<number, string>> {
    const { sockets, url, report } = this.#options
    const tokens = new Map<number, string>()
    const progress = report.progress('readers', this.#actors.length)
    const nodes = this.#actors.values()
    await forEachBounded(range(0, sockets), sockets, async () => {
      await closing(await Client.open({ url, retriesMax }), async (client) => {
        for (const node of nodes) {
          const params = { handle: this.#handle(node), password: this.#password }
          const { token } = await client.call('session.create', params)
          tokens.set(node, token)
          await client.call('timeline.home', { limit: pageLimitDefault })
          progress.add()
        }
      })
    })
    progress.end()
    return tokens
  }

  #noteAll(
    performer: Performer,
    { ids, tokens }: { readonly ids: Float64Array; readonly tokens: ReadonlyMap<number, string> },
  ): void {
    for (const [node, id] of ids.entries()) {
      const handle = this.#handle(node)
      const token = tokens.get(node) ?? ''
      performer.note({ type: 'user', id, handle, name: handle, createdAt: timeOfId(id), token })
    }
    for (const [node, userId] of ids.entries()) {
      const followeeIds = this.#crowd.followeesOf(node).map((followee) => ids[followee]!)
      performer.note({ type: 'follows', userId, followeeIds })
    }
  }

  #lateFollows(ids: Float64Array): Action[] {
    const { latecomersFrom, nodeCount } = this.#crowd
    return range(latecomersFrom, nodeCount).map((node) => ({
      kind: 'follow',
      userId: ids[node]!,
      followeeId: ids[0]!,
    }))
  }

  #parts(): Pick<PlanParts, 'random' | 'authors' | 'texts'> {
    const { seed, zipfExponent, celebrityShare } = this.#options
    const random = new Random(`${seed} authors`)
    const authors = new Zipf(random, { count: authorCount, exponent: zipfExponent })
    const readers = this.#actors.length - 1 - authorCount
    const handles = this.#actors.slice(0, handlesMentionedMax).map((node) => this.#handle(node))
    return {
      random: new Random(`${seed} actions`),
      texts: new TextGenerator(new Random(`${seed} texts`), handles),
      authors: {
        next: () => {
          if (random.chance(celebrityShare)) return 0
          if (random.chance(readerShare)) return 1 + authorCount + random.below(readers)
          return 1 + authors.next()
        },
      },
    }
  }

  #handle(node: number): string {
    return `${this.#options.prefix}${node}`
  }

  /** The same for all. */
  get #password(): string {
    return personOf(0, this.#options).password
  }
}

/** The whole numbers from `from` to before `to`. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, place) => from + place)
}
