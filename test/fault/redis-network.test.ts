// The replication log where the network to Redis is silent, loses answers, is reset or holds things back.

import { describe, expect, onTestFinished, test } from 'vitest'
import { logStart } from '../../shard/replication/position.ts'
import type { RedisLog } from '../../shard/replication/redis/redis.ts'
import { eventually } from '../helpers/eventually.ts'
import { TailRecord } from '../helpers/log-writer.ts'
import { ageLeases } from '../helpers/redis-leases.ts'
import { type RedisServer, startRedis } from '../helpers/redis-server.ts'
import {
  append,
  cluster,
  expectUnavailable,
  handle,
  readAll,
  reign,
  textsOf,
  ttlMs,
  written,
} from '../helpers/redis-world.ts'
import { TcpProxy } from '../helpers/tcp-proxy.ts'

describe('the network between a shard and Redis', () => {
  async function world(): Promise<{
    redis: RedisServer
    proxy: TcpProxy
    direct: RedisLog
    cut: RedisLog
  }> {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const proxy = await TcpProxy.start(redis.port)
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    return { redis, proxy, direct: await handle(redis.port), cut: await handle(proxy.port) }
  }

  const again = (call: () => Promise<unknown>) =>
    eventually(async () => (await call()) !== undefined, { withinMs: 5_000 })

  test('I9: is silent, and every call fails within a second; then all goes on', async () => {
    const { proxy, direct, cut } = await world()
    const barrier = await reign(cut)
    const record = new TailRecord(cut, { partition: 0, after: logStart })
    await record.reaches(barrier)
    proxy.mode = 'blackhole'
    const leases = [{ partition: 0, epoch: barrier.epoch }]
    await Promise.all([
      expectUnavailable(append(cut, barrier, ['held'])),
      expectUnavailable(cut.renew({ node: 'a', ttlMs, leases })),
      expectUnavailable(cut.head(0)),
      expectUnavailable(cut.acquire({ partition: 1, node: 'a', ttlMs, minEpoch: 0 })),
    ])
    await expectUnavailable(cut.probe())
    proxy.mode = 'open'
    await again(() => cut.head(0))
    const next = await reign(direct)
    const last = await written(direct, next, 3)
    await record.reaches(last)
    expect(record.entries.map(({ position }) => position)).toEqual(
      (await readAll(direct)).map(({ position }) => position),
    )
  })

  test('takes an append and loses the answer: the same append, made again, tells', async () => {
    const { proxy, direct, cut } = await world()
    const barrier = await reign(cut)
    proxy.mode = 'one-way'
    await expectUnavailable(append(cut, barrier, ['landed']), /no answer in time/)
    expect(textsOf(await readAll(direct))).toEqual(['landed'])
    proxy.mode = 'open'
    const last = { ...barrier, sequence: 2 }
    const answer = await eventually(() => append(cut, barrier, ['landed']), { withinMs: 5_000 })
    expect(answer).toEqual({ outcome: 'duplicate', last })
    expect(textsOf(await readAll(direct))).toEqual(['landed'])
  })

  test('is reset: calls fail at once, and the next ones find a new connection', async () => {
    const { proxy, cut } = await world()
    const barrier = await reign(cut)
    const record = new TailRecord(cut, { partition: 0, after: logStart })
    await record.reaches(barrier)
    proxy.reset()
    await again(() => cut.head(0))
    const answer = await eventually(() => append(cut, barrier, ['x']), { withinMs: 5_000 })
    await record.reaches({ ...barrier, sequence: 2 })
    expect(['appended', 'duplicate']).toContain(answer.outcome)
    expect(textsOf(record.entries)).toEqual(['x'])
  })

  test('I6: holds an append back until another primary reigns: it writes nothing', async () => {
    const { redis, proxy, direct, cut } = await world()
    await using control = redis.client()
    const barrier = await reign(cut, 'paused')
    const first = await append(cut, barrier, ['before the pause'], 'paused')
    if (first.outcome !== 'appended') throw new Error(first.outcome)
    proxy.mode = 'blackhole'
    const late = append(cut, first.last, ['late'], 'paused')
    await ageLeases(control, { cluster, ms: ttlMs })
    const next = await reign(direct, 'successor')
    // The connection is not reset in between: what it holds arrives now, behind the barrier.
    proxy.mode = 'open'
    await append(direct, next, ['after the pause'], 'successor')
    expect(await late).toEqual({ outcome: 'fenced' })
    const stale = await eventually(() => append(cut, first.last, ['later'], 'paused'), {
      withinMs: 5_000,
    })
    expect(stale).toEqual({ outcome: 'fenced' })
    expect(textsOf(await readAll(direct))).toEqual(['before the pause', 'after the pause'])
  })
})
