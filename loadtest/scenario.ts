// What a scenario is: one file of `scenarios/` with a name, a table of options and a `run`, and one
// line in the registry.

import type { OptionTable, OptionValues } from './options.ts'
import type { Report } from './report.ts'

/** What a scenario found. `isRight` false makes the exit code 1. */
export type Outcome = {
  readonly isRight: boolean
  /** Written to --json, under the scenario's name. */
  readonly figures: Readonly<Record<string, unknown>>
}

export type Scenario<T extends OptionTable = OptionTable> = {
  readonly name: string
  readonly summary: string
  readonly options: T
  run(options: OptionValues<T>, report: Report): Promise<Outcome>
}

/** A scenario whose options are checked: what the registry holds. */
export type AnyScenario = Omit<Scenario, 'run'> & {
  run(options: never, report: Report): Promise<Outcome>
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
