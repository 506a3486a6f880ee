// seed: brings a population to life, and notes what was acknowledged for verify.

import { createReadStream } from 'node:fs'
import { CallFailure } from '../client/client.ts'
import type { Target } from '../cluster/cluster.ts'
import { seedCelebrity } from '../import/celebrity-seeder.ts'
import type { OptionValues } from '../options.ts'
import { UsageError } from '../options.ts'
import { StateFile, stateFileDefault } from '../oracle/state.ts'
import type { Performed } from '../people/performer.ts'
import type { PlanTotals } from '../people/plan.ts'
import type { Graph } from '../people/population.ts'
import { readGraph } from '../people/population.ts'
import { seedPopulation, writesOf } from '../people/seeder.ts'
import type { Outcome, Report } from '../report/report.ts'
import { count } from '../report/report.ts'
import { defineScenario, sharedOptions } from '../scenario.ts'
import { closing } from '../std/closing.ts'
import { reportVerification } from './verify.ts'

const share = { kind: 'number', min: 0, max: 1, isFraction: true } as const

const options = {
  graph: { kind: 'text', value: 'FILE', meaning: 'The edge list, a line "a b" for each edge' },
  celebrity: {
    kind: 'number',
    min: 1,
    max: 10_000_000,
    meaning: 'Instead of a file: so many followers of one account, brought in by an import',
  },
  readers: {
    kind: 'number',
    min: 1,
    max: 10_000_000,
    meaning: 'How many of those, drawn by the seed, act and are compared; without it all',
  },
  'celebrity-share': {
    ...share,
    default: 0.3,
    meaning: 'The share of tweets that are of that account',
  },
  admin: {
    kind: 'text',
    value: 'ADDRESS',
    meaning:
      'With --url, the admin port of a gateway, to bring a celebrity in or credit advertisers; its token comes from ROOKERY_OPERATOR_TOKEN',
  },
  directed: { kind: 'flag', meaning: 'a follows b only; otherwise each follows the other' },
  tweets: { kind: 'number', default: 1_000, min: 0, max: 1e9, meaning: 'How many are posted' },
  favorites: {
    kind: 'number',
    min: 0,
    max: 1e9,
    meaning: 'How many; without it as many as tweets',
  },
  features: {
    kind: 'number',
    min: 0,
    max: 1e9,
    meaning:
      'How many replies, retweets, blocks, lists and so on together; without it twice as many as tweets',
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
  summary: 'signs up a graph of users, who then do what people do; or brings a celebrity in',
  options,
  run: async (given, { report, launcher }) => {
    if ((given.graph === undefined) === (given.celebrity === undefined)) {
      throw new UsageError('either --graph FILE or --celebrity N is needed')
    }
    const graph = await graphOf(given, report)
    const target = await launcher.open(given.url, { admin: given.admin })
    return await closing(target, async () => {
      report.line(
        `acknowledged writes go to ${given.state}; it holds session tokens: keep it secret`,
      )
      const seeded =
        graph === undefined
          ? await seedAroundCelebrity(target, given, report)
          : await seedGraph({ target, graph }, given, report)
      return await tellAndVerify({ target, seeded }, given, report)
    })
  },
})

async function graphOf(given: Options, report: Report): Promise<Graph | undefined> {
  if (given.graph === undefined) return undefined
  const graph = await readGraph(createReadStream(given.graph), { isDirected: given.directed })
  report.line(`${count(graph.labels.length)} users, ${count(graph.from.length)} follows`)
  return graph
}

/** What was done, and what was seen to be wrong meanwhile. */
type Seeded = Performed & { readonly pagesRead: number; readonly wrongPages: number }

async function tellAndVerify(
  { target, seeded }: { target: Target; seeded: Seeded },
  given: Options,
  report: Report,
): Promise<Outcome> {
  const { world, acknowledged, failed, heard, pagesRead, wrongPages } = seeded
  report.table([...acknowledged].map(([kind, done]) => [kind, count(done)]))
  for (const [what, times] of failed) report.line(`failed ${count(times)} times: ${what}`)
  if (heard !== undefined) {
    const { listeners, expected, examples } = heard
    report.line(`pushes to ${count(listeners)} who listened: ${count(expected)} had to come`)
    report.line(`wrong pushes: ${count(heard.wrong)}`)
    for (const example of examples) report.line(`  ${example}`)
  }
  const isRight = failed.size === 0 && wrongPages === 0 && (heard?.wrong ?? 0) === 0
  const figures = {
    accounts: world.users.size,
    acknowledged: Object.fromEntries(acknowledged),
    failed: Object.fromEntries(failed),
    pagesRead,
    wrongPages,
    ...(heard === undefined ? {} : { heard }),
  }
  if (!given.verify && !target.isOwn) return { isRight, figures }
  const verified = await reportVerification({ world, url: target.url, sockets: 16 }, report)
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

async function seedGraph(
  { target, graph }: { target: Target; graph: Graph },
  given: Options,
  report: Report,
): Promise<Seeded> {
  const totals = totalsOf(given, graph.from.length)
  const features = given.features ?? given.tweets * 2
  const progress = report.progress('seed', writesOf({ graph, totals, features }))
  try {
    const performed = await closing(new StateFile(given.state), (sink) =>
      seedPopulation({
        url: target.url,
        graph,
        totals,
        features,
        operator: target.operator,
        seed: given.seed,
        prefix: given.prefix,
        zipfExponent: given.zipf,
        sockets: given.sockets,
        inFlight: given['in-flight'],
        sink,
        onDone: () => progress.add(),
      }),
    )
    return { ...performed, pagesRead: 0, wrongPages: 0 }
  } catch (cause) {
    if (cause instanceof CallFailure && cause.body.code === 'handle_taken') {
      throw new Error('these users are on the server already: choose another --prefix', { cause })
    }
    throw cause
  } finally {
    progress.end()
  }
}

async function seedAroundCelebrity(
  { url, operator }: Target,
  given: Options,
  report: Report,
): Promise<Seeded> {
  if (operator === undefined) {
    throw new UsageError(
      '--celebrity with --url needs --admin ADDRESS, and ROOKERY_OPERATOR_TOKEN in the environment',
    )
  }
  const followers = given.celebrity ?? 0
  const performed = await closing(new StateFile(given.state), (sink) =>
    seedCelebrity({
      url,
      operator,
      followers,
      readers: Math.min(followers, given.readers ?? followers),
      celebrityShare: given['celebrity-share'],
      totals: (follows) => totalsOf(given, follows),
      seed: given.seed,
      prefix: given.prefix,
      zipfExponent: given.zipf,
      sockets: given.sockets,
      inFlight: given['in-flight'],
      sink,
      report,
    }),
  )
  const { pagesRead, wrongPages, examples } = performed.onlookers
  report.line(`pages read meanwhile: ${count(pagesRead)}, of which wrong: ${count(wrongPages)}`)
  for (const example of examples) report.line(`  ${example}`)
  return { ...performed, pagesRead, wrongPages }
}
