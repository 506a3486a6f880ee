// What the whole path does, from a client through gateway, shard and log and back, beside the limit of the machine
// and beside what one would use instead. Run by
//
//     npm run bench -- path [--only home-timelines,push] [--short] [--rounds 5] [--seconds 2] [--write] …
//
// Everything that is compared takes turns in one run; a figure is the median of the rounds, a ratio the median of the
// ratios, round by round. The client shares the machine with the servers, so the processor time of the servers stands
// beside the wall clock. With `--write` the tables go to docs/path-results.md, and all of it to the .json. Linux only.
//
// Ends with 1 where a goal is not reached. `--short` takes seconds, with sizes that say nothing about speed: it
// shows that everything works, and has no goals.

import { parseArgs } from 'node:util'
import { provenanceOf } from '../../fault/suite/report.ts'
import {
  chosen,
  endOnSignals,
  type SizeValues,
  sizeArguments,
  sizeReader,
} from '../command-line.ts'
import type { Row } from '../measure.ts'
import { printRow, type Results, writePart } from '../report.ts'
import { measures } from './index.ts'
import type { Sizes } from './measure.ts'
import { type LogKind, logKinds } from './rookery.ts'
import { stopAll } from './running.ts'

const results: Results = {
  file: 'path-results',
  title: 'Results of the whole path',
  introduction:
    'Client, gateway, shard, log and push together, on one machine, the load client included. What is compared took turns in one run; a figure is the median of its rounds, a ratio the median of the ratios. Bare uWebSockets.js answers with bytes that Rookery has once answered, and is the limit. A keeps timelines as lists in Redis; B is socket.io with its Redis adapter.',
  parts: Object.fromEntries(measures.map(({ name, title }) => [name, title])),
}

/** Of the command line, with the sizes of a full and of a short run. */
const sizeOptions = {
  rounds: [5, 1],
  seconds: [2, 0.3],
  shards: [2, 2],
  gateways: [2, 2],
  sockets: [32, 4],
  'in-flight': [32, 16],
  users: [20_000, 200],
  authors: [1_000, 20],
  followers: [400, 20],
  connected: [10_000, 50],
  idle: [50_000, 100],
  'settle-ms': [1_000, 100],
} as const

const logsOfShort: LogKind = 'redis always'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      logs: { type: 'string' },
      short: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...sizeArguments(sizeOptions),
    },
  })
  if (values.help) {
    printHelp()
    return
  }
  const logs = chosen(
    logKinds.map((name) => ({ name })),
    values.logs ?? (values.short === true ? logsOfShort : undefined),
  ).map(({ name }) => name)
  const sizes = sizesOf(values, values.short === true ? 1 : 0, logs)
  const command = ['npm run bench -- path', ...process.argv.slice(2)].join(' ')
  process.exitCode = 0
  for (const measure of chosen(measures, values.only)) {
    console.log(`\n${measure.title}`)
    const measured = await measure.run(sizes)
    const rows = values.short === true ? measured.map(withoutGoal) : measured
    for (const row of rows) printRow(row)
    const part = { name: measure.name, provenance: provenanceOf(command), sizes, rows }
    // Every part is written, also behind one that missed a goal.
    const missed = writePart(results, part, values.write ? 'write' : 'show')
    process.exitCode ||= missed
  }
}

function printHelp(): void {
  for (const { name, about } of measures) console.log(`${name.padEnd(24)}${about}`)
  console.log(`\n--logs ${logKinds.join(',')}`)
  for (const [name, [full, short]] of Object.entries(sizeOptions)) {
    console.log(`--${name.padEnd(12)} ${full}, with --short ${short}`)
  }
}

function sizesOf(
  values: SizeValues<keyof typeof sizeOptions>,
  column: 0 | 1,
  logs: readonly LogKind[],
): Sizes {
  const size = sizeReader(sizeOptions, { values, column })
  return {
    rounds: size('rounds'),
    seconds: size('seconds'),
    shards: size('shards'),
    gateways: size('gateways'),
    sockets: size('sockets'),
    inFlight: size('in-flight'),
    users: size('users'),
    authors: size('authors'),
    followers: size('followers'),
    connected: size('connected'),
    idle: size('idle'),
    settleMs: size('settle-ms'),
    logs,
  }
}

function withoutGoal({ goal: _, ...row }: Row): Row {
  return row
}

endOnSignals(stopAll)
await main()
