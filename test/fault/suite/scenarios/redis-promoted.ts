// A failover of Redis to a replica that has not heard of the last second: what it does not know has to be
// written again by those who do.

import { elapse, eventually } from '../../../helpers/eventually.ts'
import type { RedisServer } from '../../../helpers/redis-server.ts'
import { startRedis } from '../../../helpers/redis-server.ts'
import { Deployment } from '../deployment.ts'
import { readLogs } from '../log-reader.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { Trial } from '../trial.ts'

const behindMs = 1_000
const inStepWithinMs = 20_000
const writingWithinMs = 30_000

export const redisPromoted: Scenario = {
  name: 'redis-promoted',
  fault: 'a Redis replica is promoted that is 1 s behind',
  promise: '0 lost: the tail is submitted again',
  rounds: { short: 1, full: 5 },
  goals: [
    { figure: 'entriesBehind', leastAbove: 0 },
    { figure: 'writingAfterMs', worstBelow: 3_000 },
  ],
  run: (_round, context) => run(context),
}

async function run(context: RoundContext): Promise<Figures> {
  const deployment = await Deployment.start({ proxies: ['redis'] })
  const master = deployment.redis as RedisServer
  const replica = await startRedis()
  try {
    await replica.command('REPLICAOF', '127.0.0.1', master.port)
    const trial = await Trial.begin({ deployment, context })
    try {
      await eventually(() => isInStep(master), { withinMs: inStepWithinMs })
      // From here on the replica hears nothing, as behind a slow network.
      await replica.command('REPLICAOF', 'NO', 'ONE')
      await elapse(behindMs)
      const known = await entryCount(deployment, replica)
      const entriesBehind = (await entryCount(deployment, master)) - known
      const fromMs = performance.now()
      await deployment.leadTo(replica)
      const writingAfterMs = await trial.untilWritingAgain({ fromMs, withinMs: writingWithinMs })
      return { ...(await trial.finish()), writingAfterMs, entriesBehind }
    } finally {
      trial.close()
    }
  } finally {
    await deployment[Symbol.asyncDispose]()
    await replica.stop()
  }
}

/** Whether a replica has taken in everything that the master had when it was asked. */
async function isInStep(master: RedisServer): Promise<boolean> {
  const info = String(await master.command('INFO', 'replication'))
  return /slave0:.*state=online.*lag=[01]\b/.test(info)
}

async function entryCount(
  { cluster, partitionCount }: Deployment,
  redis: RedisServer,
): Promise<number> {
  const logs = await readLogs({ redis, cluster, partitionCount })
  return logs.reduce((sum, { entries }) => sum + entries.length, 0)
}
