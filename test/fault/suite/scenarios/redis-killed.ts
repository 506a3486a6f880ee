// kill -9 of Redis under load; it is away for a moment and started again on the same files.

import { elapse } from '../../../helpers/eventually.ts'
import type { RedisServer } from '../../../helpers/redis-server.ts'
import { Deployment } from '../deployment.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { Trial } from '../trial.ts'

const awayMs = 500
const writingWithinMs = 30_000

type Flush = 'everysec' | 'always'

export const redisKilledEverySecond = redisKilled('everysec')
export const redisKilledAlways = redisKilled('always')

function redisKilled(appendfsync: Flush): Scenario {
  return {
    name: `redis-killed-${appendfsync}`,
    fault: `kill -9 of Redis and restart, appendfsync ${appendfsync}`,
    promise: '0 lost; writing within 2 s of Redis being back',
    rounds: { short: 1, full: 5 },
    goals: [
      { figure: 'writingAfterMs', worstBelow: 2_000 },
      { figure: 'restarts', leastAbove: 0 },
    ],
    run: (_round, context) => run(context, appendfsync),
  }
}

async function run(context: RoundContext, appendfsync: Flush): Promise<Figures> {
  const env = { ROOKERY_ACK: appendfsync === 'always' ? 'sync' : 'log' }
  const deployment = await context.shared('deployment', () =>
    Deployment.start({ log: { appendfsync }, env }),
  )
  const { redis } = deployment
  if (redis === undefined) throw new Error('there is no Redis')
  const trial = await Trial.begin({ deployment, context })
  try {
    const former = await runIdOf(redis)
    await redis.kill()
    await elapse(awayMs)
    await redis.restart()
    const fromMs = performance.now()
    const writingAfterMs = await trial.untilWritingAgain({ fromMs, withinMs: writingWithinMs })
    const restarts = (await runIdOf(redis)) === former ? 0 : 1
    return { ...(await trial.finish()), restarts, writingAfterMs }
  } finally {
    trial.close()
  }
}

/** Another one for each start of Redis. */
async function runIdOf(redis: RedisServer): Promise<string | undefined> {
  return /run_id:(\w+)/.exec(String(await redis.command('INFO', 'server')))?.[1]
}
