// A shard process: reads its settings, opens the log, joins the cluster, recovers, and serves gateways.
//
//   open the log -> join (who else is there?) -> recover what the ring gives it: snapshots, then logs
//   -> listen -> ready: take what nobody serves, and what others hand over
//
// How it runs and how it ends stands in shard-process.ts.

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { makeLog } from '../protocol/std/log.ts'
import { runProcess, StartError } from '../protocol/std/run.ts'
import { bytesPromised } from './address-space.ts'
import { ShardMetrics } from './metrics.ts'
import { Membership } from './placement/membership.ts'
import { openEmbeddedLog } from './replication/embedded/embedded.ts'
import type { ReplicationLog } from './replication/log.ts'
import type { ShardSettings } from './settings.ts'
import { readShardSettings, replicasOf } from './settings.ts'
import { ShardProcess } from './shard-process.ts'
import { atOnce } from './state/memory/set-aside.ts'

/**
 * Of a lease, for which a process counts as alive without a word: so whoever follows it already stands
 * at the door when the lease ends.
 */
const aliveForPart = 4 / 5

runProcess(async (context) => {
  atOnce.bytesMax = bytesPromised()
  const settings = readShardSettings(context.env)
  const log = makeLog({
    name: settings.name,
    level: settings.logLevel,
    isPretty: context.isTerminal,
  })
  const replication = await openLog(settings)
  const membership = await joinCluster(settings, replication)
  const metrics = new ShardMetrics()
  const shard = new ShardProcess({ settings, log, replication, metrics, context, membership })
  await shard.recover()
  return shard.serve()
})

/** The log on Redis where its address is given, else the embedded one. */
async function openLog(settings: ShardSettings): Promise<ReplicationLog> {
  const { redisUrl, clusterName, partitionCount, dataDirectory, acknowledge } = settings
  if (redisUrl === '') {
    return openEmbeddedLog({
      directory: dataDirectory,
      partitionCount,
      acknowledge: acknowledge === 'auto' ? 'sync' : acknowledge,
    })
  }
  // Loaded where it is used: a tenth of all code of a shard.
  const { openRedisLog } = await import('./replication/redis/redis.ts')
  return openRedisLog({
    url: redisUrl,
    cluster: clusterName,
    partitionCount,
    acknowledge: acknowledge === 'auto' ? 'log' : acknowledge,
  })
}

async function joinCluster(
  settings: ShardSettings,
  replication: ReplicationLog,
): Promise<Membership> {
  const { name, names, partitionCount, leaseMs, replaceAfterSeconds } = settings
  const membership = new Membership({
    name,
    incarnation: randomBytes(6).toString('hex'),
    registry: replication.members,
    partitionCount,
    replicas: replicasOf(settings),
    expectedNames: names,
    ttlMs: leaseMs * aliveForPart,
    replaceAfterMs: replaceAfterSeconds * 1000,
    now: () => performance.now(),
    pause,
  })
  if (await membership.join()) return membership
  await replication.close()
  throw new StartError(
    `Another shard called ${name} is running: give this one a ROOKERY_SHARD_NAME of its own.`,
  )
}
