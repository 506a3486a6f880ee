// seed: brings a population to life, and notes what was acknowledged for verify.

import { createReadStream } from 'node:fs'
import { CallFailure } from '../client.ts'
import { closing } from '../closing.ts'
import type { Target } from '../cluster.ts'
import type { OptionValues } from '../options.ts'
import type { PlanTotals } from '../plan.ts'
import type { Graph } from '../population.ts'
import { readGraph } from '../population.ts'
import type { Outcome, Report } from '../report.ts'
import { count } from '../report.ts'
import { defineScenario, sharedOptions } from '../scenario.ts'
import type { SeedOptions, SeedResult } from '../seeder.ts'
import { seedPopulation, writesOf } from '../seeder.ts'
import { StateFile, stateFileDefault } from '../state.ts'
import { reportVerification } from './verify.ts'

const share = { kind: 'number', min: 0, max: 1, isFraction: true } as const

const options = {
  graph: { kind: 'text', value: 'FILE', meaning: 'The edge list, a line "a b" for each edge' },
  directed: { kind: 'flag', meaning: 'a follows b only; otherwise each follows the other' },
  tweets: { kind: 'number', default: 1_000, min: 0, max: 1e9, meaning: 'How many are posted' },
  favorites: {
    kind: 'number',
    min: 0,
    max: 1e9,
    meaning: 'How many; without it as many as tweets',
  },
  deletes: { ...share, default: 0.02, meaning: 'The share of tweets that are deleted' },
  unfavorites: { ...share, default: 0.05, meaning: 'The share of favorites that are taken back' },
  unfollows: { ...share, default: 0.01, meaning: 'The share of follows that are undone' },
  zipf: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 5,
    isFraction: true,
    meaning: 'Exponent of the law by which authors post',
  },
  prefix: {
    kind: 'text',
    value: 'TEXT',
    default: 'u',
    meaning: 'Handles are this and the number of the node',
  },
  sockets: {
    kind: 'number',
    default: 32,
    min: 1,
    max: 10_000,
    meaning: 'How many users act at a time',
  },
  'in-flight': {
    kind: 'number',
    default: 16,
    min: 1,
    max: 256,
    meaning: 'Requests in flight on a socket',
  },
  state: {
    kind: 'text',
    value: 'FILE',
    default: stateFileDefault,
    meaning: 'What was acknowledged, with session tokens: keep it secret',
  },
  verify: {
    kind: 'flag',
    meaning: "Verifies at the end; always done where the cluster is the run's own",
  },
  ...sharedOptions,
} as const

type Options = OptionValues<typeof options>

export const seed = defineScenario({
  name: 'seed',
  summary: 'signs up a graph of users who follow, post, favorite, delete, unfollow',
  options,
  run: async (given, { report, launcher }) => {
    if (given.graph === undefined) throw new RangeError('--graph FILE is needed')
    const graph = await readGraph(createReadStream(given.graph), { isDirected: given.directed })
    const totals = totalsOf(given, graph.from.length)
    report.line(`${count(graph.labels.length)} users, ${count(graph.from.length)} follows`)
    const target = await launcher.open(given.url)
    return await closing(target, () => seedAndVerify({ target, graph, totals }, given, report))
  },
})

async function seedAndVerify(
  { target, graph, totals }: { target: Target; graph: Graph; totals: PlanTotals },
  given: Options,
  report: Report,
): Promise<Outcome> {
  const { url } = target
  report.line(`acknowledged writes go to ${given.state}; it holds session tokens: keep it secret`)
  const result = await seedTarget({ url, graph, totals }, given, report)
  report.table([...result.acknowledged].map(([kind, done]) => [kind, count(done)]))
  for (const [what, times] of result.failed) report.line(`failed ${count(times)} times: ${what}`)
  const isRight = result.failed.size === 0
  const figures = {
    users: graph.labels.length,
    acknowledged: Object.fromEntries(result.acknowledged),
    failed: Object.fromEntries(result.failed),
  }
  if (!given.verify && !target.isOwn) return { isRight, figures }
  const verified = await reportVerification({ world: result.world, url, sockets: 16 }, report)
  return { isRight: isRight && verified.isRight, figures: { ...figures, ...verified.figures } }
}

function totalsOf(given: Options, follows: number): PlanTotals {
  const favorites = given.favorites ?? given.tweets
  const unfollows = Math.round(follows * given.unfollows)
  return {
    posts: given.tweets,
    favorites,
    unfavorites: Math.round(favorites * given.unfavorites),
    deletes: Math.round(given.tweets * given.deletes),
    unfollows,
    // Half of those who part come back, and as many follow twice.
    refollows: Math.floor(unfollows / 2),
    repeats: Math.floor(unfollows / 2),
  }
}

async function seedTarget(
  work: Pick<SeedOptions, 'url' | 'graph' | 'totals'>,
  given: Options,
  report: Report,
): Promise<SeedResult> {
  const progress = report.progress('seed', writesOf(work.graph, work.totals))
  try {
    return await closing(new StateFile(given.state), (sink) =>
      seedPopulation({
        ...work,
        seed: given.seed,
        prefix: given.prefix,
        zipfExponent: given.zipf,
        sockets: given.sockets,
        inFlight: given['in-flight'],
        sink,
        onDone: () => progress.add(),
      }),
    )
  } catch (cause) {
    if (cause instanceof CallFailure && cause.body.code === 'handle_taken') {
      throw new Error('these users are on the server already: choose another --prefix', { cause })
    }
    throw cause
  } finally {
    progress.end()
  }
}
