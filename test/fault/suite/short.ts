// The short form of faults as tests: one or two rounds each. The full table is `npm run test:fault -- --full`.
//
// I1 to I4 and I6 to I9, on a deployment of separate processes: what every round is checked for stands in
// checker.ts.

import { describe, expect, test } from 'vitest'
import { runScenario } from './runner.ts'
import type { Scenario } from './scenario.ts'
import { judge } from './verdict.ts'

/** The machine may do much else beside the tests: times are judged by the full table alone. */
const timeFactor = Infinity

export function testShortForms(scenarios: readonly Scenario[]): void {
  describe('I1, I2, I3, I4, I6, I7, I8, I9: every promise holds through', () => {
    test.each(scenarios.map((scenario) => [scenario.fault, scenario] as const))(
      '%s',
      async (_fault, scenario) => {
        const seed = String(Math.floor(Math.random() * 2 ** 32))
        const onRound = (): undefined => undefined
        const rounds = await runScenario(scenario, { size: 'short', seed, onRound })
        const evidence = rounds.map((round) => round.evidence).join('\n')
        expect(judge(scenario, rounds, { timeFactor }).problems, evidence).toEqual([])
      },
    )
  })
}
