// The replication log on a Redis that is killed, filled up, made a replica, emptied, or set up in a way
// that cannot keep a log. Nothing acknowledged is lost, nothing comes twice, nothing hangs.

import { describe, expect, onTestFinished, test } from 'vitest'
import { encodeDigestEntry } from '../../shard/replication/digest-entry.ts'
import { type LogPosition, logStart } from '../../shard/replication/position.ts'
import { openRedisLog } from '../../shard/replication/redis/redis.ts'
import { Compactor } from '../../shard/snapshots/compactor.ts'
import { CompactorThread } from '../../shard/snapshots/compactor-thread.ts'
import { SnapshotStore } from '../../shard/snapshots/store.ts'
import { eventually } from '../helpers/eventually.ts'
import { inTime } from '../helpers/in-time.ts'
import { checkHistory, LogWriter, TailRecord } from '../helpers/log-writer.ts'
import { PartitionWriter } from '../helpers/partition-writer.ts'
import { freePort, startRedis } from '../helpers/redis-server.ts'
import {
  append,
  cluster,
  expectUnavailable,
  failedMsMax,
  handle,
  partitionCount,
  reign,
  ttlMs,
  usable,
  written,
} from '../helpers/redis-world.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

describe('Redis is killed and comes back', () => {
  test.each(['everysec', 'always'] as const)(
    'I1, I2: with appendfsync %s nothing acknowledged is lost and nothing comes twice',
    async (appendfsync) => {
      await using redis = await startRedis({ appendfsync })
      const acknowledge = appendfsync === 'always' ? 'sync' : 'log'
      const [first, second] = [
        await handle(redis.port, acknowledge),
        await handle(redis.port, acknowledge),
      ]
      const writers = [
        new LogWriter({ log: first, partition: 0, node: 'a' }).start(),
        new LogWriter({ log: second, partition: 1, node: 'b' }).start(),
        // Two that want the same partition: one of them waits until the other has lost it.
        new LogWriter({ log: first, partition: 2, node: 'c' }).start(),
        new LogWriter({ log: second, partition: 2, node: 'd' }).start(),
      ] as const
      const record = new TailRecord(second, { partition: 0, after: logStart })
      for (let round = 0; round < 2; round++) {
        await writers[0].more(300)
        await redis.kill()
        await eventually(() => (writers[0].outcomes['away'] ?? 0) > round * 3, { withinMs: 5_000 })
        await redis.restart()
      }
      await Promise.all([writers[0].more(100), writers[1].more(100)])
      await Promise.all(writers.map((writer) => writer.stop()))
      await usable(first)
      for (const partition of [0, 1, 2]) {
        const request = { partition, after: logStart, limit: Number.MAX_SAFE_INTEGER }
        const own = partition === 2 ? writers.slice(2) : writers.slice(partition, partition + 1)
        checkHistory(await first.read(request), own)
      }
      await record.reaches(await first.head(0))
      checkHistory(record.entries, [writers[0]])
      for (const { failedMsMax: tookMs } of writers) inTime('a failing append', tookMs, failedMsMax)
      expect(writers[0].outcomes['unavailable'] ?? 0).toBeGreaterThan(0)
      expect(first.counts.reconnections).toBeGreaterThan(0)
    },
  )

  test('with older data: snapshots are made again, out of what the log holds now', async () => {
    await using redis = await startRedis()
    await using client = redis.client()
    const directory = temporaryDirectory('snapshots')
    const store = new SnapshotStore({ directory, cluster, onCorrupt: () => undefined })
    const thread = new CompactorThread()
    onTestFinished(() => thread.close())
    const first = await handle(redis.port)
    const before = new PartitionWriter(first)
    await before.reign()
    await before.write(50)
    const keys = await client.keys(`${cluster}*`)
    const copies = await Promise.all(
      keys.map(async (key) => [key, await client.dumpBuffer(key)] as const),
    )
    await before.write(50)
    await new Compactor({ log: first, cluster, store, thread }).make(0, before.position)
    await first.close()
    await client.flushall()
    for (const [key, copy] of copies) await client.restore(key, 0, copy)
    await client.del(`${cluster}:{p0}:lease`)
    // All shards are started anew.
    const second = await handle(redis.port)
    const previous = await reign(second)
    const payloads = [encodeDigestEntry({ slice: 0, slices: 1, digest: 'told' })]
    const { epoch } = previous
    await second.append({ partition: 0, node: 'a', epoch, previous, payloads })
    const last = await second.head(0)
    const compactor = new Compactor({ log: second, cluster, store, thread })
    const made = await compactor.make(0, last)
    expect(made?.position).toEqual(last)
    expect(store.list(0)[0]?.position).toEqual(last)
    expect(await compactor.make(0, last)).toBeUndefined()
  })

  test('a log opens only where somebody answers', async () => {
    await using redis = await startRedis()
    await redis.kill()
    await expectUnavailable(handle(redis.port), /nothing listens there/)
  })
})

describe('Redis refuses', () => {
  test('I9: a full memory is a failure until there is room again', async () => {
    await using redis = await startRedis({ maxmemory: '8mb' })
    const log = await handle(redis.port)
    let last = await reign(log)
    const payload = Buffer.alloc(100_000)
    const request = { partition: 0, node: 'a', epoch: last.epoch, payloads: [payload] }
    const full = async (): Promise<never> => {
      for (;;) {
        const result = await log.append({ ...request, previous: last })
        if (result.outcome !== 'appended') throw new Error(result.outcome)
        last = result.last
      }
    }
    await expect(full()).rejects.toThrow(/memory is full.*raise maxmemory, or trim/)
    // A large entry does not fit any more; now nothing does.
    await redis.command('CONFIG', 'SET', 'maxmemory', '6mb')
    await expectUnavailable(append(log, last, ['x']), /memory is full/)
    await expectUnavailable(log.probe(), /memory is full/)
    await expectUnavailable(log.acquire({ partition: 1, node: 'a', ttlMs, minEpoch: 0 }))
    expect(await log.head(0)).toEqual(last)
    await log.trim(0, last)
    await log.probe()
    const next = await reign(log)
    expect((await append(log, next, ['room again'])).outcome).toBe('appended')
  })

  test('I9: a full memory is made free by snapshots, which are recorded all the same', async () => {
    await using redis = await startRedis({ maxmemory: '8mb' })
    const log = await handle(redis.port)
    let last = await written(log, await reign(log), 1)
    const record = (position: LogPosition) =>
      log.snapshots.record(0, { position, bytes: 1, sha256: 'x'.repeat(64) }, 'a')
    const fill = async (): Promise<never> => {
      for (;;) last = await written(log, last, 1, 'y'.repeat(100_000))
    }
    await expect(fill()).rejects.toThrow(/memory is full/)
    await redis.command('CONFIG', 'SET', 'maxmemory', '6mb')
    await expectUnavailable(written(log, last, 1), /memory is full/)
    await record(last)
    // Other bytes under the same name: what was known of the former ones goes.
    await log.snapshots.record(0, { position: last, bytes: 2, sha256: 'z'.repeat(64) }, 'b')
    const [newest] = await log.snapshots.list(0)
    expect(newest).toMatchObject({ position: last, bytes: 2, holders: ['b'] })
    await log.trim(0, last)
    expect(await written(log, last, 1)).toEqual({ ...last, sequence: last.sequence + 1 })
  })

  test('a server that was made a replica is refused until it is a master again', async () => {
    await using redis = await startRedis()
    const log = await handle(redis.port)
    const barrier = await reign(log)
    await redis.command('REPLICAOF', '127.0.0.1', await freePort())
    await expectUnavailable(append(log, barrier, ['x']), /read-only replica/)
    await eventually(() => log.counts.reconnections > 0, { withinMs: 5_000 })
    await expectUnavailable(append(log, barrier, ['x']))
    await redis.command('REPLICAOF', 'NO', 'ONE')
    await eventually(
      async () => {
        await log.probe()
        return true
      },
      { withinMs: 5_000 },
    )
  })

  test('a server that comes back empty is refused, whoever asks for a lease', async () => {
    // With `everysec` a busy disk keeps FLUSHALL from the file for up to 2 s after it was answered, and a
    // kill then undoes it.
    await using redis = await startRedis({ appendfsync: 'always' })
    const log = await handle(redis.port)
    const barrier = await reign(log)
    await redis.command('FLUSHALL')
    await redis.kill()
    await redis.restart()
    const message = /has come back without the log/
    await eventually(
      () => expectUnavailable(append(log, barrier, ['x']), message).then(() => true),
      {
        withinMs: 5_000,
      },
    )
    await expectUnavailable(log.acquire({ partition: 1, node: 'a', ttlMs, minEpoch: 0 }), message)
  })

  test('scripts that Redis has forgotten are brought again', async () => {
    await using redis = await startRedis()
    const log = await handle(redis.port)
    await redis.command('SCRIPT', 'FLUSH')
    const barrier = await reign(log)
    await redis.command('SCRIPT', 'FLUSH')
    expect((await append(log, barrier, ['x'])).outcome).toBe('appended')
  })

  test.each([
    [{ 'maxmemory-policy': 'allkeys-lru' }, /set it to noeviction/],
    [{ appendonly: 'no' }, /set appendonly to yes/],
    [{ requirepass: 'secret' }, /add it to ROOKERY_REDIS_URL/],
  ])('a server with %o is refused in one sentence', async (settings, message) => {
    await using redis = await startRedis({ settings })
    await expect(handle(redis.port)).rejects.toThrow(message)
  })

  test('a wrong password is refused without showing it, the right one is not', async () => {
    await using redis = await startRedis({ password: 'p@ss/word' })
    const open = (url: string) => openRedisLog({ url, cluster, partitionCount, acknowledge: 'log' })
    const wrong = redis.url.replace('word', 'hunter2')
    await expect(open(wrong)).rejects.toThrow(/refuses the user or the password/)
    await expect(open(wrong)).rejects.toThrow(expect.not.stringContaining('hunter2'))
    const log = await open(redis.url)
    await log.probe()
    await log.close()
  })

  test('`sync` is refused where the disk is not waited for', async () => {
    await using redis = await startRedis({ appendfsync: 'everysec' })
    await expect(handle(redis.port, 'sync')).rejects.toThrow(/appendfsync everysec.*always/)
  })

  test('another number of partitions is refused, another cluster is not', async () => {
    await using redis = await startRedis()
    await reign(await handle(redis.port))
    const options = { url: redis.url, partitionCount: 8, acknowledge: 'log' } as const
    await expect(openRedisLog({ ...options, cluster })).rejects.toThrow(/ROOKERY_PARTITIONS=4/)
    const other = await openRedisLog({ ...options, cluster: 'other' })
    expect(await other.head(0)).toEqual(logStart)
    await other.close()
  })
})
