// What the rounds of a scenario come to: medians and worst figures, goals missed, promises broken.

import type { Figures, Goal, Scenario } from './scenario.ts'
import type { Violation } from './violation.ts'
import { countByRule, examplesOf } from './violation.ts'

export type Round = {
  readonly round: number
  readonly seed: string
  readonly tookMs: number
  readonly figures: Figures
  readonly violations: readonly Violation[]
  /** What may explain them: the logs of the processes. */
  readonly evidence: string
  /** Why it could not be carried through. */
  readonly error?: string | undefined
}

export type Verdict = {
  readonly name: string
  readonly fault: string
  readonly promise: string
  readonly rounds: readonly Round[]
  /** Broken promises of all rounds, by rule. */
  readonly violations: Readonly<Record<string, number>>
  /** One sentence for each thing that is wrong; empty where all is right. */
  readonly problems: readonly string[]
}

/** Times are looser on a machine that does much else; what was promised to be true is not. */
export type Strictness = { readonly timeFactor: number }

export function judge(
  scenario: Scenario,
  rounds: readonly Round[],
  { timeFactor }: Strictness,
): Verdict {
  const { name, fault, promise, goals } = scenario
  const violations = rounds.flatMap((round) => round.violations)
  const broken = rounds.flatMap(({ round, seed, error, violations: own }) => [
    ...(error === undefined ? [] : [`round ${round} (seed ${seed}): ${error}`]),
    ...examplesOf(own).map((example) => `round ${round} (seed ${seed}): ${example}`),
  ])
  const finished = rounds.filter(({ error }) => error === undefined).map(({ figures }) => figures)
  const isQuiet = timeFactor === 1
  const judged = goals.filter(({ isTiming }) => isQuiet || isTiming !== true)
  const missed = judged.flatMap((goal) => problemsOf(goal, { finished, timeFactor }))
  const problems = [...broken, ...missed]
  return { name, fault, promise, rounds, violations: countByRule(violations), problems }
}

function problemsOf(
  goal: Goal,
  { finished, timeFactor }: { finished: readonly Figures[]; timeFactor: number },
): string[] {
  const { figure, medianBelow, worstBelow, leastAbove } = goal
  const values = finished
    .map((figures) => figures[figure])
    .filter((value) => typeof value === 'number')
  if (values.length < finished.length) return [`${figure} is missing in a round`]
  if (values.length === 0) return []
  const factor = figure.endsWith('Ms') ? timeFactor : 1
  const problems: string[] = []
  if (medianBelow !== undefined && median(values) >= medianBelow * factor) {
    problems.push(`the median of ${figure} is ${median(values)}, not below ${medianBelow * factor}`)
  }
  if (worstBelow !== undefined && Math.max(...values) >= worstBelow * factor) {
    problems.push(`the worst ${figure} is ${Math.max(...values)}, not below ${worstBelow * factor}`)
  }
  if (leastAbove !== undefined && Math.min(...values) <= leastAbove) {
    problems.push(`the least ${figure} is ${Math.min(...values)}, not above ${leastAbove}`)
  }
  return problems
}

/** The middle one; of two in the middle, the mean. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] ?? 0
  const high = sorted[Math.floor(middle)] ?? 0
  return (low + high) / 2
}
