// A shard process: reads its settings, opens the log, recovers, takes its leases, serves gateways.
//
// Shutdown, in this order: not ready any more; what is in flight is answered and the leases are given
// back; the links to the gateways end; the log closes. Then nothing holds the event loop open.

import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { partitionsOf, place } from '../protocol/placement.ts'
import { listenProblem, startAdmin } from '../protocol/std/admin.ts'
import type { Log } from '../protocol/std/log.ts'
import { makeLog } from '../protocol/std/log.ts'
import type { ProcessContext, Running } from '../protocol/std/run.ts'
import { runProcess, StartError } from '../protocol/std/run.ts'
import { ShardMetrics } from './metrics.ts'
import { Listener } from './net/listener.ts'
import { PasswordDesk } from './passwords.ts'
import { openEmbeddedLog } from './replication/embedded.ts'
import type { ReplicationLog } from './replication/log.ts'
import { openRedisLog } from './replication/redis.ts'
import type { ShardSettings } from './settings.ts'
import { readShardSettings } from './settings.ts'
import { Shard } from './shard.ts'

const countsPeriodMs = 1_000
/** Sessions that are over are refused anyway; this takes their memory back. */
const sessionsSweepPeriodMs = 60 * 60 * 1000

runProcess(async (context) => {
  const settings = readShardSettings(context.env)
  const log = makeLog({
    name: settings.name,
    level: settings.logLevel,
    isPretty: context.isTerminal,
  })
  const replication = await openLog(settings)
  const metrics = new ShardMetrics()
  const parts = { settings, log, replication, metrics, context }
  const shard = makeShard(parts)
  metrics.observe(shard.shard)
  const startedAtMs = performance.now()
  await shard.shard.start()
  log.info({ ms: Math.round(performance.now() - startedAtMs) }, 'recovered from the log')
  return serve(parts, shard)
})

/** The log on Redis where its address is given, else the embedded one. */
function openLog(settings: ShardSettings): Promise<ReplicationLog> {
  const { redisUrl, clusterName, partitionCount, dataDirectory, acknowledge } = settings
  if (redisUrl === '') {
    return openEmbeddedLog({
      directory: dataDirectory,
      partitionCount,
      acknowledge: acknowledge === 'auto' ? 'sync' : acknowledge,
    })
  }
  return openRedisLog({
    url: redisUrl,
    cluster: clusterName,
    partitionCount,
    acknowledge: acknowledge === 'auto' ? 'log' : acknowledge,
  })
}

type Parts = {
  readonly settings: ShardSettings
  readonly log: Log
  readonly replication: ReplicationLog
  readonly metrics: ShardMetrics
  readonly context: ProcessContext
}

function makeShard({ settings, log, replication, metrics, context }: Parts): {
  shard: Shard
  listener: Listener
} {
  const { name, names, partitionCount } = settings
  const shard = new Shard({
    name,
    log: replication,
    partitionCount,
    partitions: partitionsOf(place(names, partitionCount), name),
    passwords: new PasswordDesk(settings.passwordCost),
    leaseMs: settings.leaseMs,
    sessionLifetimeMs: settings.sessionLifetimeSeconds * 1000,
    now: Date.now,
    random: randomBytes,
    defer: setImmediate,
    pause,
    appendStarted: (entries) => metrics.appendStarted(entries),
    onError: (error, message) => log.error({ err: error }, message),
    onFatal: (error) => context.fail(error),
    onStatus: (status) => listener.announce(status),
  })
  const listener = new Listener({
    secret: settings.secret,
    host: settings.host,
    port: settings.port,
    status: () => shard.status(),
    onRequest: (request, link, reply) => shard.handle(request, link, reply),
    onConnected: (link, gateway) => {
      log.info({ gateway }, 'a gateway has connected')
      shard.live.connect(link)
    },
    onSlotClosed: (link, slot) => shard.live.disconnectSlot(link, slot),
    onDisconnected: (link, gateway) => {
      log.info({ gateway }, 'a gateway has gone')
      shard.live.disconnect(link)
    },
    onRefused: (address, reason) => log.warn({ address, reason }, 'a connection was refused'),
  })
  return { shard, listener }
}

async function serve(
  { settings, log, replication, metrics, context }: Parts,
  { shard, listener }: { shard: Shard; listener: Listener },
): Promise<Running> {
  const { host } = settings
  const port = await listener.listen().catch((cause: NodeJS.ErrnoException) => {
    throw new StartError(listenProblem({ host, port: settings.port, what: 'the shard', cause }))
  })
  let isDraining = false
  const admin = await startAdmin({
    host: settings.adminHost,
    port: settings.adminPort,
    register: metrics.register,
    isReady: async () => (isDraining ? 'draining' : await problemOf(replication, shard)),
  })
  const timers = [
    setInterval(() => shard.live.flushCounts(), countsPeriodMs),
    setInterval(() => void shard.renewLeases(), settings.leaseMs / 4),
    setInterval(() => shard.state.accounts.sweep(Date.now()), sessionsSweepPeriodMs),
  ]
  context.parent?.send({ type: 'ready', port, adminPort: admin.port })
  log.info({ port, adminPort: admin.port, partitions: shard.status().partitions.length }, 'serving')
  return {
    log,
    drain: async () => {
      isDraining = true
      await shard.close()
      for (const timer of timers) clearInterval(timer)
      await Promise.all([listener.close(), admin.close()])
      await replication.close()
      metrics.close()
    },
  }
}

/** Why the shard cannot serve now, proved by a round trip to the log; undefined where it can. */
async function problemOf(replication: ReplicationLog, shard: Shard): Promise<string | undefined> {
  try {
    await replication.probe()
  } catch (error) {
    return `the log is away: ${error instanceof Error ? error.message : String(error)}`
  }
  return shard.isServingAll ? undefined : 'not all partitions are served yet'
}
