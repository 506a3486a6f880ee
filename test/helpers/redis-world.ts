// What the tests of the log on Redis share: short ways to open it, to reign and write, and to expect a
// failure that comes in time.

import { expect, onTestFinished } from 'vitest'
import { LogUnavailable } from '../../shard/replication/log.ts'
import { type LogPosition, logStart } from '../../shard/replication/position.ts'
import { openRedisLog, type RedisLog } from '../../shard/replication/redis/redis.ts'
import { eventually } from './eventually.ts'
import { inTime } from './in-time.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

export const cluster = 'fault'
export const partitionCount = 4
/** Long, so that no lease runs out because the machine is busy: a test that wants that makes it old. */
export const ttlMs = 20_000
/** A failure is told within a second; the rest is a busy machine. */
export const failedMsMax = 1_300

export async function handle(port: number, acknowledge: 'log' | 'sync' = 'log'): Promise<RedisLog> {
  const url = `redis://127.0.0.1:${port}`
  const log = await openRedisLog({ url, cluster, partitionCount, acknowledge })
  onTestFinished(() => log.close())
  return log
}

export async function reign(log: RedisLog, node = 'a', partition = 0): Promise<LogPosition> {
  const lease = await log.acquire({ partition, node, ttlMs, minEpoch: 0 })
  if (lease.outcome !== 'granted') throw new Error(`The lease is held by ${lease.holder}.`)
  return { epoch: lease.epoch, sequence: 1 }
}

export const append = (
  log: RedisLog,
  previous: LogPosition,
  texts: readonly string[],
  node = 'a',
) =>
  log.append({
    partition: 0,
    node,
    epoch: previous.epoch,
    previous,
    payloads: texts.map((text) => Buffer.from(text)),
  })

export async function written(
  log: RedisLog,
  previous: LogPosition,
  count: number,
  text?: string,
): Promise<LogPosition> {
  let last = previous
  for (let index = 0; index < count; index++) {
    const result = await append(log, last, [text ?? `${last.epoch}-${last.sequence + 1}`])
    if (result.outcome !== 'appended') throw new Error(result.outcome)
    last = result.last
  }
  return last
}

/** Waits until all connections are there again, after Redis was away: each comes back by itself. */
export const usable = (log: RedisLog) =>
  eventually(() => log.probe().then(() => true), { withinMs: 10_000 })

export const readAll = (log: RedisLog) =>
  log.read({ partition: 0, after: logStart, limit: Number.MAX_SAFE_INTEGER })

export const textsOf = (entries: Awaited<ReturnType<typeof readAll>>): string[] =>
  entries
    .filter(({ isBarrier }) => !isBarrier)
    .map(({ payload }) => Buffer.from(payload).toString())

/** Waits until the replica has everything. Without a write, WAIT would have nothing to wait for. */
export async function replicaInStep(master: RedisServer): Promise<void> {
  await using client = master.client()
  await eventually(
    async () => {
      await client.set('marker', 'x')
      return (await client.wait(1, 100)) === 1
    },
    { withinMs: 10_000 },
  )
}

/** Fails as LogUnavailable, and soon. */
export async function expectUnavailable(call: Promise<unknown>, message = /./): Promise<void> {
  const startedAtMs = performance.now()
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(LogUnavailable)
  expect((error as Error).message).toMatch(message)
  inTime('a failing call', performance.now() - startedAtMs, failedMsMax)
}

/** Two masters of a Redis Cluster, each with half of the slots. The caller stops them. */
export async function redisCluster(): Promise<readonly [RedisServer, RedisServer]> {
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '1000' }
  const nodes = [await startRedis({ settings }), await startRedis({ settings })] as const
  await nodes[0].command('CLUSTER', 'ADDSLOTSRANGE', 0, 8_191)
  await nodes[1].command('CLUSTER', 'ADDSLOTSRANGE', 8_192, 16_383)
  await nodes[0].command('CLUSTER', 'MEET', '127.0.0.1', nodes[1].port)
  for (const node of nodes) {
    await eventually(
      async () => {
        const info = String(await node.command('CLUSTER', 'INFO'))
        return info.includes('cluster_state:ok') && info.includes('cluster_size:2')
      },
      { withinMs: 20_000 },
    )
  }
  return nodes
}
