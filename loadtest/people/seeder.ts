// Brings a population to life on a server: signs everybody up, lets them follow, post, favorite and
// take things back, and notes every write that was acknowledged.

import { Client } from '../client/client.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import { Random } from '../std/random.ts'
import { FeaturePlan } from './feature-plan.ts'
import { Listeners } from './listeners.ts'
import type { Performed, PerformerOptions } from './performer.ts'
import { Performer, retriesMax } from './performer.ts'
import type { PlanParts, PlanTotals } from './plan.ts'
import { actionsOf, planFollows, planWindows } from './plan.ts'
import type { Graph } from './population.ts'
import { personOf, Zipf } from './population.ts'
import type { Steady } from './steady.ts'
import { TextGenerator } from './texts.ts'
import { Witnesses } from './witnesses.ts'

/** One of so many users is an advertiser, and what each is credited. */
const usersPerAdvertiser = 8
/** A few more than one, as somebody may leave, or hide, before anything of theirs was seen. */
const advertisersMin = 6
const fundedMicros = 1_000_000
/** So many listen to what is pushed to them. */
const listenersMax = 32

export type SeedOptions = PerformerOptions & {
  readonly graph: Graph
  readonly seed: string
  /** Of all handles: prefix and label. */
  readonly prefix: string
  readonly zipfExponent: number
  readonly totals: PlanTotals
  /** How many actions of all other kinds there are to be; none unless said otherwise. */
  readonly features?: number
}

/** About how many writes a run will make, for a progress bar. */
export function writesOf({
  graph,
  totals,
  features = 0,
}: Pick<SeedOptions, 'graph' | 'totals' | 'features'>): number {
  return graph.labels.length + graph.from.length + actionsOf(totals) + features
}

/** Throws CallFailure where nobody can sign up; single failed writes are counted in the result. */
export async function seedPopulation(options: SeedOptions): Promise<Performed> {
  return await new Seeder(options).run()
}

class Seeder {
  readonly #options: SeedOptions
  readonly #performer: Performer

  constructor(options: SeedOptions) {
    this.#options = options
    this.#performer = new Performer(options)
  }

  async run(): Promise<Performed> {
    const { graph, seed, url, totals } = this.#options
    const performer = this.#performer
    const { world } = performer
    performer.note({ type: 'run', version: 1, url, seed })
    const userIds = await this.#signUp()
    const handles = graph.labels.map((label) => personOf(label, this.#options).handle)
    const parts = {
      world,
      random: new Random(`${seed} actions`),
      userIds,
      authors: new Zipf(new Random(`${seed} authors`), {
        count: userIds.length,
        exponent: this.#options.zipfExponent,
      }),
      texts: new TextGenerator(new Random(`${seed} texts`), handles),
    }
    const { early, late } = planFollows(graph, parts)
    await performer.perform(early)
    const { features = 0 } = this.#options
    if (features === 0) {
      for (const window of planWindows(parts, totals, late)) await performer.perform(window)
      return performer
    }
    const passwordOf = this.#passwordOf(userIds)
    await this.#credit(userIds)
    let steady: Steady | undefined
    const withFeatures: PlanParts = {
      ...parts,
      features: (planned) => {
        steady = planned
        return new FeaturePlan({ ...parts, passwordOf, total: features }, planned)
      },
    }
    return await closing(await this.#witnesses(), async (witnesses) => {
      // Whom somebody follows by now is known to whoever pushes.
      await witnesses.settle()
      return await closing(await this.#listeners(userIds), async (listeners) => {
        for (const window of planWindows(withFeatures, totals, late)) {
          // What one window has done the next one relies on, on whatever shard.
          await witnesses.settle()
          await performer.perform(window)
          listeners.windowEnded(steady!)
        }
        const { world, acknowledged, failed } = performer
        return { world, acknowledged, failed, heard: await listeners.heard() }
      })
    })
  }

  async #listeners(userIds: readonly number[]): Promise<Listeners> {
    const { url, seed } = this.#options
    const some = new Random(`${seed} listeners`).shuffle([...userIds]).slice(0, listenersMax)
    return await Listeners.open({ url, world: this.#performer.world, userIds: some })
  }

  #passwordOf(userIds: readonly number[]): (userId: number) => string {
    const labels = new Map(
      userIds.map((userId, index) => [userId, this.#options.graph.labels[index]!]),
    )
    return (userId) => personOf(labels.get(userId)!, this.#options).password
  }

  /** Gives some the money to promote tweets with. */
  async #credit(userIds: readonly number[]): Promise<void> {
    const { operator } = this.#performer
    const { seed } = this.#options
    if (operator === undefined) return
    const count = Math.max(advertisersMin, Math.ceil(userIds.length / usersPerAdvertiser))
    const advertisers = new Random(`${seed} advertisers`).shuffle([...userIds]).slice(0, count)
    for (const userId of advertisers) {
      const { handle } = this.#performer.world.user(userId)
      const asked = { handle, fundedMicros, by: 'load', reason: 'a load run' }
      await operator.call('advertiser.fund', asked)
      this.#performer.note({ type: 'fund', userId, fundedMicros })
      this.#performer.ended('fund')
    }
  }

  async #witnesses(): Promise<Witnesses> {
    const { url, prefix } = this.#options
    const { password } = personOf(-1, this.#options)
    const residents = [...this.#performer.world.users.values()]
    return await Witnesses.open({ url, prefix: `w${prefix}`, password, residents })
  }

  /** @returns the ids by the graph's index */
  async #signUp(): Promise<number[]> {
    const { graph, sockets, url } = this.#options
    const userIds: number[] = new Array(graph.labels.length).fill(0)
    await forEachBounded(graph.labels.entries(), sockets, async ([index, label]) => {
      const opened = await Client.open({ url, retriesMax })
      const { user, token } = await closing(opened, (client) =>
        client.call('account.create', personOf(label, this.#options)),
      )
      const { id, handle, name, createdAt } = user
      this.#performer.note({ type: 'user', id, handle, name, createdAt, token })
      userIds[index] = id
      this.#performer.ended('account')
    })
    return userIds
  }
}
