// The replication log on a Redis Cluster, and on a master that Sentinels replace when it dies.

import { expect, onTestFinished, test } from 'vitest'
import { logStart } from '../../shard/replication/position.ts'
import { openRedisLog, type RedisLog, RedisUnfit } from '../../shard/replication/redis/redis.ts'
import { eventually } from '../helpers/eventually.ts'
import { checkHistory, LogWriter, TailRecord } from '../helpers/log-writer.ts'
import { type RedisServer, startRedis } from '../helpers/redis-server.ts'
import {
  cluster,
  partitionCount,
  redisCluster,
  reign,
  replicaInStep,
  usable,
} from '../helpers/redis-world.ts'

const host = '127.0.0.1'
const partitions = Array.from({ length: partitionCount }, (_, index) => index)

async function server(options: Parameters<typeof startRedis>[0]): Promise<RedisServer> {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return redis
}

async function open(url: string): Promise<RedisLog> {
  const log = await openRedisLog({ url, cluster, partitionCount, acknowledge: 'log' })
  onTestFinished(() => log.close())
  return log
}

test('I1, I2: on a Redis Cluster partitions live on all nodes, one of which is killed', async () => {
  const nodes = await redisCluster()
  for (const node of nodes) onTestFinished(() => node.stop())
  const url = `redis+cluster://${nodes.map(({ port }) => `${host}:${port}`).join(',')}`
  const sync = openRedisLog({ url, cluster, partitionCount, acknowledge: 'sync' })
  await expect(sync).rejects.toThrow(RedisUnfit)
  const [first, second] = [await open(url), await open(url)]
  const writers = partitions.map((partition) =>
    new LogWriter({ log: partition % 2 ? first : second, partition, node: 'a' }).start(),
  )
  const records = partitions.map(
    (partition) => new TailRecord(second, { partition, after: logStart }),
  )
  await Promise.all(writers.map((writer) => writer.more(50)))
  const keys = await Promise.all(nodes.map((node) => node.command('DBSIZE')))
  expect(Math.min(...keys.map(Number))).toBeGreaterThan(0)
  const leases = partitions.map((partition) => ({
    partition,
    epoch: (writers[partition] as LogWriter).epochs.at(-1) ?? 0,
  }))
  expect(await first.renew({ node: 'a', ttlMs: 500, leases })).toEqual([])
  await nodes[1].kill()
  await eventually(() => writers.some(({ outcomes }) => (outcomes['away'] ?? 0) > 2), {
    withinMs: 10_000,
  })
  await nodes[1].restart()
  await Promise.all(writers.map((writer) => writer.more(50, 20_000)))
  await Promise.all(writers.map((writer) => writer.stop()))
  await usable(first)
  for (const partition of partitions) {
    const limit = Number.MAX_SAFE_INTEGER
    const writer = writers[partition] as LogWriter
    checkHistory(await first.read({ partition, after: logStart, limit }), [writer])
    await records[partition]?.reaches(await first.head(partition))
    checkHistory(records[partition]?.entries ?? [], [writer])
  }
})

test('I1: when the master dies, the Sentinel names another and the log goes on there', async () => {
  const master = await server({})
  const replica = await server({ settings: { replicaof: `${host} ${master.port}` } })
  await replicaInStep(master)
  const sentinel = await server({ sentinelOf: master })
  await eventually(
    async () => String(await sentinel.command('SENTINEL', 'REPLICAS', 'main')).includes('ip'),
    { withinMs: 15_000 },
  )
  const url = `redis+sentinel://${host}:${sentinel.port}/main`
  const [first, second] = [await open(url), await open(url)]
  const writer = new LogWriter({ log: first, partition: 0, node: 'a' }).start()
  const record = new TailRecord(second, { partition: 0, after: logStart })
  await writer.more(200)
  await master.kill()
  await eventually(() => (writer.outcomes['away'] ?? 0) > 0, { withinMs: 5_000 })
  const killedAtEpoch = writer.epochs.at(-1) ?? 0
  await writer.more(200, 30_000)
  await writer.stop()
  expect(writer.epochs.at(-1)).toBeGreaterThan(killedAtEpoch)
  expect(String(await replica.command('ROLE'))).toContain('master')
  const limit = Number.MAX_SAFE_INTEGER
  await usable(first)
  checkHistory(await first.read({ partition: 0, after: logStart, limit }), [writer])
  await record.reaches(await first.head(0))
  checkHistory(record.entries, [writer])
})

test('who connected before a first replica was attached hands over to who came later, and back, at once', async () => {
  const [master, replica] = [await server({}), await server({})]
  const log = { a: await open(`redis://${host}:${master.port}`) }
  await reign(log.a, 'a')
  const historyId = async () =>
    /master_replid:(\w+)/.exec(String(await master.command('INFO', 'replication')))?.[1]
  const former = await historyId()
  await replica.command('REPLICAOF', host, master.port)
  await replicaInStep(master)
  expect(await historyId()).not.toBe(former)
  const logs = { ...log, b: await open(`redis://${host}:${master.port}`) }
  let last = await reign(logs.a, 'a')
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b'],
  ] as const) {
    await logs[from].release({ partition: 0, node: from, epoch: last.epoch })
    const next = await reign(logs[to], to)
    expect(next.epoch).toBe(last.epoch + 1)
    last = next
  }
})
