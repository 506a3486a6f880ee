// kill -9 of a shard process under load: its replicas take over what it was the primary of, and it takes its
// place again when it is started once more.

import { Deployment } from '../deployment.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { longest, Trial } from '../trial.ts'

/** When somebody, a person or a program, starts it again where nobody has taken over before. */
const restartAfterMs = 2_500
const writingWithinMs = 30_000

export const shardKilled: Scenario = {
  name: 'shard-killed',
  fault: 'kill -9 of a primary under 2,000 writes/s',
  promise: '0 lost, 0 double; writing again: median under 1.2 s, worst under 2.5 s',
  rounds: { short: 1, full: 20 },
  goals: [
    { figure: 'pauseMs', medianBelow: 1_200, worstBelow: 2_500 },
    { figure: 'partitionsTouched', leastAbove: 0 },
  ],
  run,
}

async function run(round: number, context: RoundContext): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start({ shards: 2 }))
  const trial = await Trial.begin({ deployment, context })
  try {
    const victim = `shard-${round % 2}`
    const touched = [...(await deployment.epochsServed(victim)).keys()]
    const pauses = await killed(trial, { victim, touched })
    return {
      ...(await trial.finish()),
      partitionsTouched: touched.length,
      pauseMs: longest(pauses),
      pausesMs: pauses.map(({ ms }) => Math.round(ms)),
    }
  } finally {
    trial.close()
  }
}

async function killed(
  trial: Trial,
  { victim, touched }: { victim: string; touched: readonly number[] },
) {
  const { process } = (trial.deployment as Deployment).shard(victim)
  const killedAtMs = performance.now()
  const { signal } = await process.kill()
  if (signal !== 'SIGKILL') throw new Error(`${victim} was not killed but ended with ${signal}`)
  const restarted = setTimeout(() => process.begin(), restartAfterMs)
  try {
    await trial.untilWritten({ withinMs: writingWithinMs, partitions: touched })
  } finally {
    clearTimeout(restarted)
  }
  const pauses = trial.pausesSince(killedAtMs, touched)
  if (!process.isRunning) process.begin()
  await process.untilReady()
  await trial.untilWritten({ withinMs: writingWithinMs })
  return pauses
}
