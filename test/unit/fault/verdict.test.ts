// A run in which the fault did not happen, a promise was broken or a goal was missed has failed, and says why.

import { expect, test } from 'vitest'
import { runScenario } from '../../fault/suite/runner.ts'
import type { Figures, Goal, Scenario } from '../../fault/suite/scenario.ts'
import { judge, median } from '../../fault/suite/verdict.ts'

function scenario(figures: readonly Figures[], goals: readonly Goal[]): Scenario {
  return {
    name: 'test',
    fault: 'a fault',
    promise: 'a promise',
    rounds: { short: 1, full: figures.length },
    goals,
    run: async (round) => figures[round] as Figures,
  }
}

async function problems(one: Scenario, timeFactor = 1): Promise<readonly string[]> {
  const rounds = await runScenario(one, { size: 'full', seed: 's', onRound: () => undefined })
  return judge(one, rounds, { timeFactor }).problems
}

test('goals are held by the median, the worst and the least of all rounds', async () => {
  const goals = [{ figure: 'pauseMs', medianBelow: 100, worstBelow: 200 }]
  const figures = [{ pauseMs: 90 }, { pauseMs: 80 }, { pauseMs: 190 }]
  expect(await problems(scenario(figures, goals))).toEqual([])
  const slow = scenario([...figures, { pauseMs: 250 }, { pauseMs: 120 }], goals)
  expect(await problems(slow)).toEqual([
    'the median of pauseMs is 120, not below 100',
    'the worst pauseMs is 250, not below 200',
  ])
  expect(await problems(slow, 2)).toEqual([])
})

test('a fault that was not felt is a failure, however loose the times are', async () => {
  const goals = [{ figure: 'failed', leastAbove: 0 }]
  const [problem] = await problems(scenario([{ failed: 3 }, { failed: 0 }], goals), 10)
  expect(problem).toBe('the least failed is 0, not above 0')
  const missing = await problems(scenario([{}], goals))
  expect(missing).toEqual(['failed is missing in a round'])
})

test('a round that throws has failed, the next one goes on with nothing of it', async () => {
  const made: string[] = []
  const gone: string[] = []
  const one: Scenario = {
    ...scenario([{}, {}, {}], []),
    run: async (round, context) => {
      const name = `made in round ${round}`
      await context.shared('thing', async () => {
        made.push(name)
        return { [Symbol.asyncDispose]: async () => void gone.push(name) }
      })
      if (round === 1) throw new Error('it went wrong')
      return {}
    },
  }
  const [problem] = await problems(one)
  expect(problem).toBe('round 1 (seed s-1): it went wrong')
  expect(made).toEqual(['made in round 0', 'made in round 2'])
  expect(gone).toEqual(made)
})

test('a broken promise is told with its round and its seed', async () => {
  const one: Scenario = {
    ...scenario([{}], []),
    run: async (_round, context) => {
      context.violated({ rule: 'lost', what: 'post x' })
      return {}
    },
  }
  expect(await problems(one)).toEqual(['round 0 (seed s-0): lost: post x'])
})

test('the median of an even number is between the two in the middle', () => {
  expect([median([3]), median([1, 9, 5]), median([4, 1, 2, 3]), median([])]).toEqual([3, 5, 2.5, 0])
})
