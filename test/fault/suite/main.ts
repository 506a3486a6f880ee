// `npm run test:fault [-- --full] [--only NAME] [--rounds N] [--seed N]`: the faults, one after the other, and a
// table at the end. Exit codes: 0 all promises were kept, 1 something is wrong, 2 with the command line.

import { parseArgs } from 'node:util'
import { scenarios } from './registry.ts'
import { provenanceOf, writeReport } from './report.ts'
import { runScenario } from './runner.ts'
import type { Scenario, Size } from './scenario.ts'
import type { Round, Verdict } from './verdict.ts'
import { judge } from './verdict.ts'

type Wanted = {
  readonly chosen: readonly Scenario[]
  readonly size: Size
  readonly rounds: number | undefined
  readonly seed: string
}

const usage = `npm run test:fault [-- --full] [--only NAME[,NAME…]] [--rounds N] [--seed TEXT]
  --full    every round of the table; writes docs/fault-results.md and .json
  --only    ${scenarios.map(({ name }) => name).join(', ')}
  --rounds  so many rounds of each instead
  --seed    repeats the choices of an earlier run`

/** Undefined where the command line is wrong. */
function wanted(given: string[]): Wanted | undefined {
  const options = {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
  } as const
  const { full, only, rounds, seed } = parseArgs({ args: given, options }).values
  const names = only?.split(',')
  const unknown = names?.filter((name) => !scenarios.some((scenario) => scenario.name === name))
  if (unknown !== undefined && unknown.length > 0) return undefined
  if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds)) return undefined
  return {
    chosen: scenarios.filter(({ name }) => names?.includes(name) ?? true),
    size: full ? 'full' : 'short',
    rounds: rounds === undefined ? undefined : Number(rounds),
    seed: seed ?? String(Math.floor(Math.random() * 2 ** 32)),
  }
}

async function main(given: string[]): Promise<number> {
  const plan = wanted(given)
  if (plan === undefined) {
    print(usage)
    return 2
  }
  const { chosen, size, rounds, seed } = plan
  print(`seed ${seed}`)
  const verdicts: Verdict[] = []
  for (const scenario of chosen) {
    print(`\n${scenario.name}: ${scenario.fault}`)
    const run = await runScenario(scenario, { size, rounds, seed, onRound: tell })
    const verdict = judge(scenario, run, { timeFactor: 1 })
    verdicts.push(verdict)
    for (const problem of verdict.problems) print(`  PROBLEM ${problem}`)
    for (const { round, evidence } of run)
      if (evidence !== '') print(`  round ${round}:\n${evidence}`)
  }
  print(`\n${verdicts.map(lineOf).join('\n')}`)
  const isWhole = size === 'full' && rounds === undefined && chosen.length === scenarios.length
  if (isWhole) {
    const paths = writeReport(verdicts, provenanceOf('npm run test:fault -- --full'))
    print(`\nwritten: ${paths.join(', ')}`)
  }
  return verdicts.every(({ problems }) => problems.length === 0) ? 0 : 1
}

function tell({ round, tookMs, figures, violations, error }: Round): void {
  const shown = Object.entries(figures)
    .filter(([, figure]) => typeof figure !== 'object')
    .map(([name, figure]) => `${name} ${figure}`)
  const outcome = error === undefined ? `${violations.length} violations` : 'not carried through'
  print(`  round ${round}: ${outcome}, ${(tookMs / 1000).toFixed(1)} s; ${shown.join(', ')}`)
}

function lineOf({ name, rounds, problems, promise }: Verdict): string {
  const outcome = problems.length === 0 ? 'held  ' : 'BROKEN'
  return `${outcome} ${name.padEnd(22)} ${String(rounds.length).padStart(3)} rounds  ${promise}`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

// A run that is broken off leaves nothing running: the servers see that it is gone, and drain.
process.exitCode = await main(process.argv.slice(2))
