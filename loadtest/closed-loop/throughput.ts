// What the scenarios that measure a rate have in common: options, users, the run, the table.

import type { Target } from '../cluster/cluster.ts'
import type { OptionTable, OptionValues } from '../options.ts'
import { stateFileDefault } from '../oracle/state.ts'
import { gatherCrowd, tokensOf } from '../people/crowd.ts'
import type { Outcome, Report } from '../report/report.ts'
import { count, duration } from '../report/report.ts'
import type { Run } from '../scenario.ts'
import { sharedOptions } from '../scenario.ts'
import { closing } from '../std/closing.ts'
import type { DriveOptions, Measurement } from './drive.ts'
import { checkDrive, drive } from './drive.ts'

export const throughputOptions = {
  seconds: { kind: 'number', default: 10, min: 1, max: 86_400, meaning: 'How long it is measured' },
  'warm-up': { kind: 'number', default: 2, min: 0, max: 600, meaning: 'Seconds before that' },
  sockets: { kind: 'number', default: 8, min: 1, max: 50_000, meaning: 'One user each' },
  'in-flight': { kind: 'number', default: 32, min: 1, max: 256, meaning: 'Requests on a socket' },
  batch: { kind: 'number', default: 1, min: 1, max: 64, meaning: 'Requests in one frame' },
  state: {
    kind: 'text',
    value: 'FILE',
    meaning: `Users of a seed run; otherwise those of ${stateFileDefault} if it is of this server, or new ones`,
  },
  ...sharedOptions,
} as const satisfies OptionTable

export type ThroughputOptions = OptionValues<typeof throughputOptions>

export type MeasuredWork = Pick<DriveOptions, 'operation'> & {
  /** What is counted, in the plural. */
  readonly what: string
  readonly makeParams: (handles: readonly string[]) => DriveOptions['nextParams']
}

/** Measures one operation. Throws RangeError for options that do not go together. */
export async function measureThroughput(
  given: ThroughputOptions,
  work: MeasuredWork,
  run: Run,
): Promise<Outcome> {
  checkDrive({ inFlight: given['in-flight'], batch: given.batch })
  return await closing(await run.launcher.open(given.url), (target) =>
    measure(target, { given, work, report: run.report }),
  )
}

async function measure(
  target: Target,
  { given, work, report }: { given: ThroughputOptions; work: MeasuredWork; report: Report },
): Promise<Outcome> {
  const { sockets, seed, state } = given
  const world = await gatherCrowd({ target, state, seed, report })
  const handles = Array.from(world.users.values(), (user) => user.handle)
  const progress = report.progress('seconds', given.seconds)
  const measured = await drive({
    target,
    tokens: tokensOf(world, sockets),
    inFlight: given['in-flight'],
    batch: given.batch,
    seconds: given.seconds,
    warmUpSeconds: given['warm-up'],
    operation: work.operation,
    nextParams: work.makeParams(handles),
    onSecond: () => progress.add(),
  })
  progress.clear()
  report.table(rowsOf(measured, work.what))
  const hasErrors = Object.keys(measured.errors).length > 0
  return { isRight: !hasErrors && measured.unanswered === 0, figures: measured }
}

function rowsOf(measured: Measurement, what: string): (readonly [string, string])[] {
  const { errors, serverUsPerAnswer, generatorLoad } = measured
  const total = Object.values(errors).reduce((sum, times) => sum + times, 0)
  const codes = Object.entries(errors).map(([code, times]) => `${code} ${count(times)}`)
  const rows: [string, string][] = [
    [`${what} per second`, count(measured.perSecond)],
    ['p50', duration(measured.p50Us)],
    ['p99', duration(measured.p99Us)],
    ['longest', duration(measured.maxUs)],
    ['bytes each', count(measured.bytesPerAnswer)],
    ['errors', total === 0 ? '0' : `${count(total)}: ${codes.join(', ')}`],
    ['unanswered', count(measured.unanswered)],
  ]
  for (const [kind, us] of Object.entries(serverUsPerAnswer ?? {})) {
    rows.push([`processor, ${kind}`, `${us.toFixed(1)} us each`])
  }
  const isBusy = generatorLoad > 0.9
  const note = isBusy ? ' (the generator itself is the bottleneck)' : ''
  rows.push(['processor, generator', `${(generatorLoad * 100).toFixed(0)}% of one${note}`])
  return rows
}
