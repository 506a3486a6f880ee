// The same operations and the same model as in model.test.ts, over shards that join, leave, die, stall and
// come back at any time, with and without replicas. Whatever moves: nothing acknowledged is lost, nothing
// happens twice, every partition finds a primary, and all its hosts know the same. (I1, I2, I4, I6, I7)
//
// A failure prints the seed and the shrunk steps.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Command } from './commands.ts'
import { commandArbitrary, run } from './commands.ts'
import { compareAll } from './comparison.ts'
import { Model } from './model.ts'
import { MovingCluster } from './moving-cluster.ts'

const runs = 60
/** Well before the test runs out of time: a failure that takes long to shrink is told as far as it is shrunk. */
const shrinkMsMax = 400_000
const namesMax = 5

type Step =
  | Command
  | { do: 'launch' | 'kill' | 'leave' | 'stall' | 'go on'; shard: number }
  | { do: 'time'; steps: number }

const shard = fc.nat({ max: namesMax - 1 })
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: commandArbitrary },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('launch' as const), shard }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), shard }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), shard }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('stall' as const, 'go on' as const), shard }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('time' as const), steps: fc.nat({ max: 400 }) }),
  },
)

/** One shard at least always stays and is awake: without one, nothing could come to an end. */
async function take(step: Step, world: { cluster: MovingCluster; model: Model }): Promise<void> {
  const { cluster } = world
  if (step.do === 'time') {
    for (let count = 0; count < step.steps; count++) await cluster.step()
    return
  }
  if (!isMove(step)) return run(step, world)
  const name = `shard-${step.shard}`
  if (step.do === 'launch') cluster.launch(name)
  else if (step.do === 'go on') cluster.stall(name, false)
  else if (!cluster.hasOthers(name)) return
  else if (step.do === 'kill') cluster.kill(name)
  else if (step.do === 'leave') await cluster.leave(name)
  else cluster.stall(name, true)
}

function isMove(step: Step): step is Extract<Step, { shard: number; do: 'kill' }> | Move {
  return ['launch', 'kill', 'leave', 'stall', 'go on'].includes(step.do)
}
type Move = { do: 'launch' | 'kill' | 'leave' | 'stall' | 'go on'; shard: number }

test.each([0, 1, 2])(
  `${runs} runs over moving shards with %s replicas equal the model`,
  async (replicas) => {
    const steps = fc.array(stepArbitrary, { minLength: 60, maxLength: 60 })
    const happened = { failovers: 0, handedOver: 0, hosted: 0, dropped: 0, digestsChecked: 0 }
    const property = fc.asyncProperty(steps, fc.nat(), async (list, seed) => {
      const cluster = new MovingCluster({ shards: 3, partitions: 6, replicas, seed })
      const world = { cluster, model: new Model() }
      await cluster.start()
      for (const handle of [0, 1, 2, 3]) await run({ do: 'sign up', handle }, world)
      for (const step of list) await take(step, world)
      await compareAll(world)
      expect(world.model.users.length).toBeGreaterThanOrEqual(4)
      const counts = cluster.count()
      for (const name of Object.keys(happened) as (keyof typeof happened)[]) {
        happened[name] += counts[name]
      }
    })
    await fc.assert(property, {
      numRuns: runs,
      endOnFailure: false,
      interruptAfterTimeLimit: shrinkMsMax,
      markInterruptAsFailure: true,
    })
    // A run in which nothing moved shows nothing.
    expect(happened.failovers).toBeGreaterThan(runs)
    expect(happened.handedOver).toBeGreaterThan(runs)
    // With two replicas of three or so, a partition is hosted anew in one run of twenty: chance may leave none.
    if (replicas < 2) expect(happened.hosted).toBeGreaterThan(0)
    expect(happened.dropped).toBeGreaterThan(0)
    if (replicas > 0) expect(happened.digestsChecked).toBeGreaterThan(runs / 4)
    console.info(happened)
  },
)
