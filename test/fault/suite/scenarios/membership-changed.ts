// A shard process more, and then one less, under load: partitions move to it and away again, and nobody
// is refused anything.

import { elapse, eventually } from '../../../helpers/eventually.ts'
import { Deployment } from '../deployment.ts'
import { untilRunIn } from '../run-in.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { longest, Trial } from '../trial.ts'

const added = 'shard-2'
const movedWithinMs = 60_000
/** The number of partitions that the new one serves does not change for so long: all have moved. */
const steadyMs = 1_000
const writingWithinMs = 30_000

export const membershipChanged: Scenario = {
  name: 'membership-changed',
  fault: 'a shard process added and removed under load',
  promise: '0 failed writes, longest pause under 300 ms',
  rounds: { short: 1, full: 10 },
  goals: [
    { figure: 'failed', worstBelow: 1, isTiming: true },
    { figure: 'pauseMs', worstBelow: 300 },
    { figure: 'partitionsMoved', leastAbove: 0 },
    { figure: 'missed', worstBelow: 1 },
  ],
  run: (_round, context) => run(context),
}

async function run(context: RoundContext): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start({ shards: 2 }))
  const trial = await Trial.begin({ deployment, context })
  try {
    await untilRunIn(trial)
    const fromMs = performance.now()
    const node = await deployment.addShard(added)
    const partitionsMoved = await steadyCount(deployment)
    await trial.untilWritten({ withinMs: writingWithinMs })
    const addedMs = longest(trial.pausesSince(fromMs))
    const leavingAtMs = performance.now()
    await node.process.stop()
    await deployment.untilServing()
    await trial.untilWritten({ withinMs: writingWithinMs })
    const removedMs = longest(trial.pausesSince(leavingAtMs))
    await deployment.removeShard(added)
    const pauseMs = Math.max(addedMs, removedMs)
    return { ...(await trial.finish()), partitionsMoved, addedMs, removedMs, pauseMs }
  } finally {
    trial.close()
  }
}

/** How many partitions the new shard serves, once that does not change any more. */
async function steadyCount(deployment: Deployment): Promise<number> {
  const count = async () => (await deployment.epochsOf(added)).size
  let before = 0
  await eventually(
    async () => {
      before = await count()
      if (before === 0) return false
      await elapse(steadyMs)
      return (await count()) === before
    },
    { withinMs: movedWithinMs, elseDump: () => deployment.dump() },
  )
  return before
}
