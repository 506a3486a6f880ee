// import: brings a graph of any size in, by the operators' way. Users come without a password, so that nobody
// can sign in as one of them, unless --password says otherwise.

import { OperatorClient } from '../client/operator.ts'
import type { Target } from '../cluster/cluster.ts'
import { processorTimesBetween } from '../cluster/processes.ts'
import type { Edges } from '../import/edges.ts'
import { fileEdges, madeEdges } from '../import/edges.ts'
import { checkImport, sampled } from '../import/import-check.ts'
import type { ImportResult } from '../import/importer.ts'
import { Importer } from '../import/importer.ts'
import type { OptionValues } from '../options.ts'
import { UsageError } from '../options.ts'
import type { Outcome, Report } from '../report/report.ts'
import { count } from '../report/report.ts'
import { defineScenario, sharedOptions } from '../scenario.ts'
import { closing } from '../std/closing.ts'
import { Random } from '../std/random.ts'

/** What is shown of what is wrong. */
const examplesMax = 20

const options = {
  graph: { kind: 'text', value: 'FILE', meaning: 'The edge list, a line "a b" for each edge' },
  directed: { kind: 'flag', meaning: 'a follows b only; otherwise each follows the other' },
  random: {
    kind: 'text',
    value: 'N,K',
    meaning: 'Instead of a file: N users who follow K each, a few of them far more followed',
  },
  prefix: {
    kind: 'text',
    value: 'TEXT',
    default: 'u',
    meaning: 'Handles are this and the number of the node',
  },
  password: {
    kind: 'text',
    value: 'TEXT',
    meaning: 'With it all users can sign in; without it nobody can',
  },
  'in-flight': {
    kind: 'number',
    default: 4,
    min: 1,
    max: 64,
    meaning: 'Batches at a time: more are a little faster, and let everybody else wait longer',
  },
  check: { kind: 'number', default: 500, min: 0, max: 1e6, meaning: 'Edges that are read back' },
  admin: {
    kind: 'text',
    value: 'ADDRESS',
    meaning:
      'The admin port of a gateway of --url; its token comes from ROOKERY_OPERATOR_TOKEN, never from here',
  },
  ...sharedOptions,
} as const

type Options = OptionValues<typeof options>

export const importGraph = defineScenario({
  name: 'import',
  summary: 'brings the users and follows of a graph in, in batches',
  options,
  run: async (given, { report, launcher }) => {
    const edges = edgesOf(given)
    const target = await launcher.open(given.url, { admin: given.admin })
    return await closing(target, () => importInto(target, { given, edges, report }))
  },
})

function edgesOf(given: Options): Edges {
  const { graph, random } = given
  if ((graph === undefined) === (random === undefined)) {
    throw new UsageError('either --graph FILE or --random N,K is needed')
  }
  if (graph !== undefined) return fileEdges(graph, { isDirected: given.directed })
  const match = /^(\d{1,9}),(\d{1,6})$/.exec(random ?? '')
  const [nodes, followsEach] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || nodes < 2 || followsEach < 1) {
    throw new UsageError(`--random must be users,follows such as 100000,50, not "${random}"`)
  }
  return madeEdges(new Random(`${given.seed} graph`), { nodes, followsEach })
}

async function importInto(
  target: Target,
  { given, edges, report }: { given: Options; edges: Edges; report: Report },
): Promise<Outcome> {
  if (target.operator === undefined) {
    throw new UsageError(
      '--url needs --admin ADDRESS, and ROOKERY_OPERATOR_TOKEN in the environment',
    )
  }
  const client = new OperatorClient(target.operator)
  const partitionCount = await client.partitionCount()
  const chance = { random: new Random(`${given.seed} check`), count: given.check }
  const taken = sampled(edges, chance)
  const progress = report.progress('follows', edges.estimate)
  const importer = new Importer({
    client,
    partitionCount,
    prefix: given.prefix,
    password: given.password,
    inFlight: given['in-flight'],
    onFollows: (done) => progress.add(done),
  })
  const before = usageOf(target)
  const result = await importer.run(taken.edges)
  const after = usageOf(target)
  progress.end()
  const figures = figuresOf(result, { before, after })
  report.table(rowsOf(figures))
  const { url } = target
  const { nodes, follows, added } = result
  const areCountsKnown = added === follows
  const wrong = await checkImport({ url, nodes, sample: taken.sample, areCountsKnown })
  report.line(
    `${count(taken.sample.length - wrong.length)} of ${count(taken.sample.length)} edges were read back${
      areCountsKnown ? ', with the counts at their ends' : ''
    }`,
  )
  for (const line of wrong.slice(0, examplesMax)) report.line(`wrong: ${line}`)
  return { isRight: wrong.length === 0, figures: { ...figures, wrong: wrong.length } }
}

function usageOf(target: Target) {
  return { atMs: performance.now(), own: process.cpuUsage(), server: target.processorTimes() }
}

type Usage = ReturnType<typeof usageOf>

function figuresOf(result: ImportResult, { before, after }: { before: Usage; after: Usage }) {
  const { nodes, follows, added, usersMs } = result
  const elapsedMs = after.atMs - before.atMs
  const ownUs = after.own.user + after.own.system - before.own.user - before.own.system
  const server =
    before.server === undefined || after.server === undefined
      ? {}
      : processorTimesBetween(before.server, after.server)
  const perFollow = Object.entries({ client: ownUs, ...server }).map(
    ([kind, us]) => [kind, us / Math.max(1, follows)] as const,
  )
  return {
    users: nodes.count,
    follows,
    added,
    seconds: elapsedMs / 1000,
    usersPerSecond: (nodes.count / Math.max(1, usersMs)) * 1000,
    followsPerSecond: (follows / elapsedMs) * 1000,
    processorUsPerFollow: Object.fromEntries(perFollow),
  }
}

function rowsOf(figures: ReturnType<typeof figuresOf>): (readonly [string, string])[] {
  return [
    ['users', count(figures.users)],
    ['follows', `${count(figures.follows)}, of which ${count(figures.added)} are new`],
    ['users per second', count(figures.usersPerSecond)],
    ['follows per second, all told', count(figures.followsPerSecond)],
    ...Object.entries(figures.processorUsPerFollow).map(
      ([kind, us]) => [`processor, ${kind}`, `${us.toFixed(2)} us each`] as const,
    ),
  ]
}
