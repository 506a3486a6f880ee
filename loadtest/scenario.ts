// What a scenario is: one file of `scenarios/` with a name, a table of options and a `run`, and one
// line in the registry.

import type { Launcher } from './cluster/cluster.ts'
import type { OptionTable, OptionValues } from './options.ts'
import type { Outcome, Report } from './report/report.ts'

/** What a scenario is run with. */
export type Run = {
  readonly report: Report
  readonly launcher: Launcher
}

export type Scenario<T extends OptionTable = OptionTable> = {
  readonly name: string
  readonly summary: string
  readonly options: T
  run(options: OptionValues<T>, run: Run): Promise<Outcome>
}

/** A scenario whose options are checked: what the registry holds. */
export type AnyScenario = Omit<Scenario, 'run'> & {
  run(options: never, run: Run): Promise<Outcome>
}

export function defineScenario<const T extends OptionTable>(scenario: Scenario<T>): Scenario<T> {
  return scenario
}

/** Options that several scenarios share, so that they are called the same everywhere. */
export const sharedOptions = {
  url: {
    kind: 'text',
    value: 'ADDRESS',
    meaning:
      'The server, such as ws://127.0.0.1:8080; without it the run starts a cluster of its own',
  },
  seed: {
    kind: 'text',
    value: 'TEXT',
    default: 'rookery',
    meaning: 'Repeats a run: the same seed gives the same users, texts and actions',
  },
  json: { kind: 'text', value: 'FILE', meaning: 'Also writes the figures to a file' },
} as const satisfies OptionTable

/** For scenarios that record latencies over time. */
export const recordedOptions = {
  ...sharedOptions,
  html: {
    kind: 'text',
    value: 'FILE',
    meaning: 'Also writes a page with the curves, which opens without a network',
  },
} as const satisfies OptionTable
