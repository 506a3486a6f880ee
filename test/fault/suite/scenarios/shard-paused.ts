// SIGSTOP of a shard process under load, as a long garbage collection or a virtual machine that is moved:
// others take over, and when it goes on it has to find out before it writes anything.

import { isStopped } from '../../../helpers/cluster-processes.ts'
import { elapse, eventually } from '../../../helpers/eventually.ts'
import { checkOldEpochs } from '../checks/log.ts'
import { Deployment } from '../deployment.ts'
import { logEnds } from '../log-reader.ts'
import type { Position } from '../observation.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { longest, Trial } from '../trial.ts'

const pauseMs = 3_000
const writingWithinMs = 30_000

export const shardPaused: Scenario = {
  name: 'shard-paused',
  fault: 'SIGSTOP of a primary for 3 s, then resume',
  promise: 'nothing is written under the old epoch',
  rounds: { short: 1, full: 10 },
  goals: [{ figure: 'takenOver', leastAbove: 0 }],
  run,
}

async function run(round: number, context: RoundContext): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start({ shards: 2 }))
  const trial = await Trial.begin({ deployment, context })
  try {
    const victim = `shard-${round % 2}`
    const before = await deployment.epochsServed(victim)
    const stoppedAtMs = performance.now()
    const ends = await stopped(trial, { victim, partitions: [...before.keys()] })
    await trial.untilWritten({ withinMs: writingWithinMs })
    const pauses = trial.pausesSince(stoppedAtMs, [...before.keys()])
    const figures = await trial.finish()
    const takenOver = [...ends].filter(
      ([partition, { epoch }]) => epoch > (before.get(partition) ?? 0),
    )
    const old = checkOldEpochs(trial.observation.logs, new Map(takenOver))
    context.violated(...old)
    const numbers = { takenOver: takenOver.length, oldEntries: old.length }
    return { ...figures, ...numbers, pauseMs: longest(pauses) }
  } finally {
    trial.close()
  }
}

/** Gives where the logs of the partitions ended right before the process was resumed. */
async function stopped(
  { deployment }: Trial,
  { victim, partitions }: { victim: string; partitions: readonly number[] },
): Promise<Map<number, Position>> {
  const { process } = deployment.shard(victim)
  const { redis, cluster, partitionCount } = deployment
  if (redis === undefined) throw new Error('there is no Redis')
  process.signal('SIGSTOP')
  try {
    await eventually(() => isStopped(process.pid), { withinMs: 1_000 })
    await elapse(pauseMs)
    return await logEnds({ redis, cluster, partitionCount }, partitions)
  } finally {
    process.signal('SIGCONT')
  }
}
