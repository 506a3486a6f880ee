// The replication log across a failover of Redis to a replica that had not heard of everything.

import { describe, expect, onTestFinished, test } from 'vitest'
import { logStart } from '../../shard/replication/position.ts'
import type { RedisLog } from '../../shard/replication/redis/redis.ts'
import { eventually } from '../helpers/eventually.ts'
import { TailRecord } from '../helpers/log-writer.ts'
import { ageLeases } from '../helpers/redis-leases.ts'
import { startRedis } from '../helpers/redis-server.ts'
import {
  append,
  cluster,
  expectUnavailable,
  handle,
  readAll,
  reign,
  replicaInStep,
  textsOf,
  ttlMs,
  usable,
  written,
} from '../helpers/redis-world.ts'
import { TcpProxy } from '../helpers/tcp-proxy.ts'

describe('a failover to a replica that lagged behind', () => {
  /** A master with a replica that stops hearing of it, and a proxy as the address of both. */
  async function world() {
    const master = await startRedis()
    onTestFinished(() => master.stop())
    const replica = await startRedis()
    onTestFinished(() => replica.stop())
    await replica.command('REPLICAOF', '127.0.0.1', master.port)
    const proxy = await TcpProxy.start(master.port)
    onTestFinished(() => proxy[Symbol.asyncDispose]())
    /** From here on the replica hears nothing. */
    const detach = () => replica.command('REPLICAOF', 'NO', 'ONE')
    const failOver = async (): Promise<void> => {
      await master.kill()
      proxy.leadTo(replica.port)
    }
    /** The leases that stand on the replica run out. */
    const endLeases = async (): Promise<void> => {
      await using client = replica.client()
      await ageLeases(client, { cluster, ms: ttlMs })
    }
    return { proxy, inStep: () => replicaInStep(master), detach, failOver, endLeases }
  }

  const regained = (log: RedisLog, node: string) =>
    eventually(
      async () => {
        await log.probe()
        return reign(log, node)
      },
      { withinMs: 10_000 },
    )

  test('I1: the holder writes again what was lost; each reader gets each entry once', async () => {
    const { proxy, inStep, detach, failOver } = await world()
    const [holder, reader] = [await handle(proxy.port), await handle(proxy.port)]
    const record = new TailRecord(reader, { partition: 0, after: logStart })
    const barrier = await reign(holder)
    const common = await written(holder, barrier, 100)
    await inStep()
    await detach()
    const tip = await written(holder, common, 700)
    await record.reaches(tip)
    await failOver()
    const leases = [{ partition: 0, epoch: tip.epoch }]
    const lost = await eventually(() => holder.renew({ node: 'a', ttlMs, leases }), {
      withinMs: 5_000,
    })
    // The lease still stands on the replica, but the log ends too early: it counts as lost.
    expect(lost).toEqual([0])
    const next = await regained(holder, 'a')
    expect(next.epoch).toBeGreaterThan(tip.epoch)
    const last = await written(holder, next, 10)
    expect(holder.counts.restored).toBe(700)
    const all = textsOf(await readAll(holder))
    expect(all).toHaveLength(810)
    expect(new Set(all).size).toBe(810)
    await record.reaches(last)
    expect(record.failure).toBeUndefined()
    expect(textsOf(record.entries)).toEqual(all)
    // A primary that stands at the end of what was lost finds only barriers between there and its own.
    const between = await holder.read({ partition: 0, after: tip, limit: 10_000 })
    expect(between.slice(0, 2).map(({ isBarrier }) => isBarrier)).toEqual([true, true])
    expect(between[0]?.previous).toEqual(tip)
    expect(textsOf(between)).toEqual(all.slice(800))
  })

  test('I1: a replica of the partition that had read it writes it again as well', async () => {
    const { proxy, inStep, detach, failOver, endLeases } = await world()
    const [holder, successor] = [await handle(proxy.port), await handle(proxy.port)]
    const record = new TailRecord(successor, { partition: 0, after: logStart })
    const common = await written(holder, await reign(holder), 50)
    await inStep()
    await detach()
    const tip = await written(holder, common, 50)
    await record.reaches(tip)
    await failOver()
    await endLeases()
    await holder.close()
    // The holder would have gone first, had it lived.
    await usable(successor)
    await expect(reign(successor, 'b')).rejects.toThrow(/held by a/)
    await endLeases()
    const next = await regained(successor, 'b')
    expect(next.epoch).toBeGreaterThan(tip.epoch)
    expect(successor.counts.restored).toBe(50)
    expect(textsOf(await readAll(successor))).toHaveLength(100)
    await record.reaches(next)
    expect(textsOf(record.entries)).toHaveLength(100)
  })

  test('I1: an append that was never answered is written again where a reader had seen it', async () => {
    const { proxy, inStep, detach, failOver } = await world()
    const ownWay = await TcpProxy.start(proxy.port)
    onTestFinished(() => ownWay[Symbol.asyncDispose]())
    const [holder, reader] = [await handle(ownWay.port), await handle(proxy.port)]
    const record = new TailRecord(reader, { partition: 0, after: logStart })
    const common = await written(holder, await reign(holder), 10)
    await record.reaches(common)
    await inStep()
    await detach()
    ownWay.mode = 'one-way'
    await expectUnavailable(append(holder, common, ['unanswered']))
    await record.reaches({ epoch: common.epoch, sequence: common.sequence + 1 })
    await failOver()
    ownWay.mode = 'open'
    ownWay.reset()
    const last = await written(holder, await regained(holder, 'a'), 10)
    await record.reaches(last)
    expect(record.failure).toBeUndefined()
    const all = textsOf(await readAll(holder))
    expect(all).toHaveLength(21)
    expect(all[10]).toBe('unanswered')
    expect(textsOf(record.entries)).toEqual(all)
  })

  test('I1: what was acknowledged before an append whose answer was lost is written again as well', async () => {
    const { proxy, inStep, detach, failOver } = await world()
    const ownWay = await TcpProxy.start(proxy.port)
    onTestFinished(() => ownWay[Symbol.asyncDispose]())
    const holder = await handle(ownWay.port)
    const common = await written(holder, await reign(holder), 10)
    await inStep()
    await detach()
    const last = await written(holder, common, 20)
    ownWay.mode = 'one-way'
    await expectUnavailable(append(holder, last, ['unanswered']))
    ownWay.mode = 'open'
    ownWay.reset()
    // The primary takes its lease again, and reads that the append has landed after all.
    await written(holder, await regained(holder, 'a'), 5)
    expect(textsOf(await readAll(holder))).toHaveLength(36)
    await failOver()
    await regained(holder, 'a')
    expect(textsOf(await readAll(holder))).toHaveLength(36)
  })

  test('I1: who takes over keeps what its tail has brought, and what that has not yet', async () => {
    await using redis = await startRedis()
    const [former, next] = [await handle(redis.port), await handle(redis.port)]
    const tip = await written(former, await reign(former), 100)
    const record = new TailRecord(next, { partition: 0, after: logStart })
    await record.reaches(tip)
    await record.tail.close()
    await written(former, tip, 1)
    await former.release({ partition: 0, node: 'a', epoch: tip.epoch })
    await reign(next, 'b')
    expect(next.counts.keptEntries).toBe(103)
  })

  test('I1: the holder goes first, although its lease is not there any more', async () => {
    const { proxy, inStep, detach, failOver, endLeases } = await world()
    const [holder, other] = [await handle(proxy.port), await handle(proxy.port)]
    const common = await written(holder, await reign(holder), 10)
    await inStep()
    await detach()
    await written(holder, common, 10)
    await failOver()
    await endLeases()
    await usable(other)
    await expect(reign(other, 'b')).rejects.toThrow(/held by a/)
    await regained(holder, 'a')
    expect(holder.counts.restored).toBe(10)
    expect(textsOf(await readAll(holder))).toHaveLength(20)
  })

  /** A lease is taken on the master, whose answer is lost, and then its barrier; the reader has heard of it. */
  async function barrierHeard() {
    const { proxy, inStep, detach, failOver, endLeases } = await world()
    const ownWay = await TcpProxy.start(proxy.port)
    onTestFinished(() => ownWay[Symbol.asyncDispose]())
    const [holder, reader] = [await handle(ownWay.port), await handle(proxy.port)]
    const record = new TailRecord(reader, { partition: 0, after: logStart })
    const common = await written(holder, await reign(holder), 10)
    await record.reaches(common)
    await inStep()
    await detach()
    ownWay.mode = 'one-way'
    await expectUnavailable(reign(holder))
    const barrier = { epoch: common.epoch + 1, sequence: 1 }
    await record.reaches(barrier)
    const loseIt = async (): Promise<void> => {
      await failOver()
      ownWay.mode = 'open'
      ownWay.reset()
    }
    return { holder, reader, record, barrier, loseIt, endLeases }
  }

  test('a barrier that is lost, and that nobody was told of, ends no reader', async () => {
    const { holder, record, loseIt } = await barrierHeard()
    await loseIt()
    const last = await written(holder, await regained(holder, 'a'), 3)
    await record.reaches(last)
    expect(record.failure).toBeUndefined()
    expect(textsOf(record.entries)).toEqual(textsOf(await readAll(holder)))
    expect(holder.counts.restored).toBe(0)
  })

  test('I1: who knows a barrier that is lost may take over, read on from it, and keeps what is kept', async () => {
    const { holder, reader, record, barrier, loseIt, endLeases } = await barrierHeard()
    await record.tail.close()
    await loseIt()
    await written(holder, await regained(holder, 'a'), 3)
    await endLeases()
    await usable(reader)
    const taken = await reign(reader, 'b')
    const found = await reader.read({ partition: 0, after: barrier, limit: 100 })
    expect(found[0]?.previous).toEqual(barrier)
    expect(textsOf(found)).toEqual(textsOf(await readAll(holder)).slice(10))
    expect(found.at(-1)?.position).toEqual(taken)
    const again = new TailRecord(reader, { partition: 0, after: barrier })
    await again.reaches(taken)
    expect(again.failure).toBeUndefined()
    expect(reader.counts.restored).toBe(0)
    expect(reader.counts.keptEntries).toBe(11 + 5)
  })

  test('I7: who read what nobody wrote again is told to start over', async () => {
    const { proxy, inStep, detach, failOver, endLeases } = await world()
    const [holder, reader] = [await handle(proxy.port), await handle(proxy.port)]
    const record = new TailRecord(reader, { partition: 0, after: logStart })
    await written(holder, await reign(holder), 10)
    await inStep()
    await detach()
    const tip = await written(holder, await reign(holder), 10)
    await record.reaches(tip)
    await failOver()
    await endLeases()
    const stranger = await eventually(() => handle(proxy.port), { withinMs: 10_000 })
    await expect(reign(stranger, 'c')).rejects.toThrow(/held by a/)
    await endLeases()
    const next = await reign(stranger, 'c')
    // It has never heard of the reign that was lost with its barrier, and yet does not repeat its epoch.
    expect(next.epoch).toBeGreaterThan(tip.epoch)
    await append(stranger, next, ['without them'], 'c')
    await eventually(() => record.failure, { withinMs: 10_000 })
    expect(record.failure?.message).toMatch(/has lost entries up to 2-11.*start this process again/)
    await stranger.release({ partition: 0, node: 'c', epoch: next.epoch })
    await usable(holder)
    await expect(regainedOnce(holder)).rejects.toThrow(/another primary has gone on without them/)
  })

  test('no epoch comes again where even the counter of a partition is lost', async () => {
    await using redis = await startRedis()
    const log = await handle(redis.port)
    await reign(log)
    const { epoch: newest } = await reign(log)
    await using client = redis.client()
    await client.del(await client.keys(`${cluster}:{p0}:*`))
    // It has heard of the first reign alone; others may have read the second one.
    const other = await handle(redis.port)
    const lease = await other.acquire({ partition: 0, node: 'b', ttlMs, minEpoch: newest - 1 })
    expect(lease.outcome === 'granted' && lease.epoch).toBeGreaterThan(newest)
  })

  const regainedOnce = (log: RedisLog) =>
    log.acquire({ partition: 0, node: 'a', ttlMs, minEpoch: 0 })
})
