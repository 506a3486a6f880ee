// A cluster that starts with a past: most of it in snapshots, the rest in the log. The same at its real size,
// with figures, is test/bench/cold-start.ts.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../shard/replication/embedded/embedded.ts'
import type { ReplicationLog } from '../../shard/replication/log.ts'
import { logStart } from '../../shard/replication/position.ts'
import { openRedisLog } from '../../shard/replication/redis/redis.ts'
import { FilledLog } from '../helpers/filled-log.ts'
import { Past } from '../helpers/past.ts'
import { checkPeople } from '../helpers/past-check.ts'
import { startRedis } from '../helpers/redis-server.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const partitionCount = 64
const sizes = { users: 2_000, tweets: 20_000, follows: 20 }
const shareInSnapshots = 0.95

/** Fills a log, and takes from it what the snapshots hold: a start without them would be refused. */
async function fill(log: ReplicationLog, directory: string): Promise<Past> {
  const past = new Past(sizes)
  const filler = new FilledLog(log, past)
  await filler.writeUpTo(shareInSnapshots)
  await filler.makeSnapshots(directory)
  for (let partition = 0; partition < partitionCount; partition++) {
    const [snapshot] = await log.snapshots.list(partition)
    await log.trim(partition, snapshot?.position ?? logStart)
  }
  await filler.writeUpTo(1)
  await filler.end()
  await log.close()
  return past
}

describe('a cold start', () => {
  test('on the embedded log gives the timelines and counts of before', async () => {
    const directory = join(temporaryDirectory('cold-start'), 'data')
    const past = await fill(
      await openEmbeddedLog({ directory, partitionCount, acknowledge: 'log' }),
      directory,
    )
    await using cluster = await runningCluster({ directory })
    await checkPeople(cluster.url, past.people())
    expect(warningsOf(cluster)).toEqual([])
  })

  test('on Redis gives the timelines and counts of before', async () => {
    const directory = temporaryDirectory('cold-start')
    await using redis = await startRedis()
    const { url } = redis
    const past = await fill(
      await openRedisLog({ url, cluster: 'rookery', partitionCount, acknowledge: 'log' }),
      directory,
    )
    await using cluster = await runningCluster({ directory, env: { ROOKERY_REDIS_URL: url } })
    await checkPeople(cluster.url, past.people())
    expect(warningsOf(cluster)).toEqual([])
  })
})

/** As pino numbers the levels of its lines. */
const warning = 40

/** But for those that say no more than that the machine was slow. */
function warningsOf({ lines }: RunningCluster): readonly unknown[] {
  return lines.filter(({ level, msg }) => Number(level) >= warning && msg !== 'a slow request')
}
