// kill -9 of every shard and of Redis at once, when the logs no longer begin at their start: each shard then
// needs snapshots that only others have, and all of them start at the same time. With nobody left to restore
// the end of a log, only what is on Redis's disk is promised: `sync`.

import { eventually } from '../../../helpers/eventually.ts'
import type { RedisServer } from '../../../helpers/redis-server.ts'
import { Deployment, type DeploymentOptions } from '../deployment.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { Trial } from '../trial.ts'

const partitions = 6
const trimmedWithinMs = 60_000
const writingWithinMs = 60_000
const options: DeploymentOptions = {
  shards: 3,
  partitions,
  log: { appendfsync: 'always' },
  env: { ROOKERY_ACK: 'sync', ROOKERY_REPLICAS: '1', ROOKERY_SNAPSHOT_ENTRIES: '100' },
}

export const allKilled: Scenario = {
  name: 'all-killed',
  fault: 'kill -9 of every shard and of Redis, with trimmed logs, and start',
  promise: '0 lost; all come up by themselves',
  rounds: { short: 1, full: 3 },
  goals: [
    { figure: 'partitionsTrimmed', leastAbove: partitions - 1 },
    { figure: 'writingAfterMs', worstBelow: 20_000 },
  ],
  run: (_round, context) => run(context),
}

async function run(context: RoundContext): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start(options))
  const redis = deployment.redis as RedisServer
  const trial = await Trial.begin({ deployment, context })
  try {
    const partitionsTrimmed = await eventually(
      async () => {
        const count = await trimmedCount(deployment, redis)
        return count === partitions ? count : undefined
      },
      { withinMs: trimmedWithinMs, elseDump: () => deployment.dump() },
    )
    const shards = [...deployment.shards.values()].map(({ process }) => process)
    await Promise.all([redis.kill(), ...shards.map((shard) => shard.kill())])
    const fromMs = performance.now()
    await redis.restart()
    for (const shard of shards) shard.begin()
    const writingAfterMs = await trial.untilWritingAgain({ fromMs, withinMs: writingWithinMs })
    return { ...(await trial.finish()), partitionsTrimmed, writingAfterMs }
  } finally {
    trial.close()
  }
}

/** Of how many partitions the log no longer begins at its start. */
async function trimmedCount({ cluster }: Deployment, redis: RedisServer): Promise<number> {
  const keys = Array.from({ length: partitions }, (_, place) => `${cluster}:{p${place}}:trimmed`)
  const found = await Promise.all(keys.map((key) => redis.command('EXISTS', key)))
  return found.filter((one) => Number(one) === 1).length
}
