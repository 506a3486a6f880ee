// Snapshots over every kind of log: however long one writes, the log stays short, and a fresh state from a
// snapshot and the log is the live one.

import { rmSync } from 'node:fs'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { Peers } from '../../shard/net/peer.ts'
import { openEmbeddedLog } from '../../shard/replication/embedded/embedded.ts'
import type { ReplicationLog } from '../../shard/replication/log.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import { logStart } from '../../shard/replication/position.ts'
import { openRedisLog } from '../../shard/replication/redis/redis.ts'
import { eventually } from '../helpers/eventually.ts'
import { OneListener } from '../helpers/one-listener.ts'
import { type RedisServer, startRedis } from '../helpers/redis-server.ts'
import { SnapshotHosts } from '../helpers/snapshot-hosts.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const partitionCount = 4
const snapshotEntries = 300
const batchEntries = 100
/** Two snapshots' worth behind the second newest, what came during a look, and one batch. */
const lengthMax = 2 * snapshotEntries + 4 * batchEntries

/** One server for all tests, each of which has a cluster name of its own. */
let server: Promise<RedisServer> | undefined
let clusterCount = 0
afterAll(async () => (await server)?.stop())

type Medium = {
  readonly log: ReplicationLog
  /** Entries that are really there, told by the medium itself. */
  length(world: SnapshotHosts): Promise<number>
}

async function lengthByReading(world: SnapshotHosts): Promise<number> {
  const positions = (await world.records()).map(([position]) => position)
  return world.lengthAfter([logStart, ...positions])
}

const media: Record<string, () => Promise<Medium>> = {
  'in memory': async () => ({
    log: new MemoryLog({ clock: () => 0, partitionCount }),
    length: lengthByReading,
  }),
  embedded: async () => {
    const directory = temporaryDirectory('log')
    const log = await openEmbeddedLog({ directory, partitionCount, acknowledge: 'log' })
    return { log, length: lengthByReading }
  },
  'on Redis': async () => {
    server ??= startRedis()
    const redis = await server
    const { url } = redis
    const cluster = `long-${++clusterCount}`
    const log = await openRedisLog({ url, cluster, partitionCount, acknowledge: 'log' })
    const length = async (): Promise<number> =>
      Number(await redis.command('xlen', `${cluster}:{p0}:log`))
    return { log, length }
  },
}

async function worldOn(open: () => Promise<Medium>) {
  const { log, length } = await open()
  onTestFinished(() => log.close())
  const world = new SnapshotHosts(log)
  await world.writer.reign()
  return { world, length: () => length(world) }
}

describe.each(Object.entries(media))('A log %s', (_, open) => {
  test('stays short under endless writes, and is recovered from at any time', async () => {
    const { world, length } = await worldOn(open)
    const host = world.host({ snapshotEntries })
    const lengths: number[] = []
    for (let round = 0; round < 60; round++) {
      await world.writer.write(batchEntries)
      if (round % 20 === 10) await world.writer.reign()
      await world.look()
      lengths.push(await length())
      if (round % 15 === 0) await world.recover(host)
    }
    expect(world.writer.count).toBeGreaterThan(6 * lengthMax)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(lengthMax)
    expect(await world.recover(host)).not.toEqual(logStart)
    expect(host.problems).toEqual([])
  })

  test('is made a snapshot of while others go on writing', async () => {
    const { world } = await worldOn(open)
    const host = world.host({ snapshotEntries, lookPeriodMs: 2 })
    const copier = world.host({ snapshotEntries, lookPeriodMs: 2, directory: host.directory })
    host.service.start()
    let isWriting = true
    const writing = (async () => {
      while (isWriting) {
        await world.writer.write(batchEntries)
        // A log in memory answers within the turn, and would leave no room for anybody else.
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    })()
    try {
      await eventually(() => host.service.counts.made >= 4, {
        withinMs: 30_000,
        elseDump: () => host.problems,
      })
    } finally {
      isWriting = false
      await writing
    }
    await host.service.close()
    await world.recover(copier)
    expect([...host.problems, ...copier.problems]).toEqual([])
  })
})

describe('A shard without any snapshot', () => {
  test('gets one from another shard over the network', async () => {
    const { world } = await worldOn(media['in memory']!)
    const maker = world.host({ snapshotEntries })
    for (let round = 0; round < 4; round++) await world.writeAndLook(snapshotEntries)
    await using listener = await OneListener.start()
    listener.readSnapshot = (read) => maker.service.readPiece(read)
    const peers = new Peers({ name: 'shard-2', secret: listener.secret })
    onTestFinished(() => peers.close())
    const joiner = world.host({
      addressOf: (name) => (name === maker.name ? listener.address : undefined),
      fetchSnapshot: (address, wanted) => peers.fetchSnapshot(address, wanted),
    })
    await world.recover(joiner)
    expect(joiner.service.counts.fetched).toBe(1)
    rmSync(maker.directory, { recursive: true })
    // All who had one are up, and none of them has it any more.
    const late = world.host({
      addressOf: () => listener.address,
      fetchSnapshot: (address, wanted) => peers.fetchSnapshot(address, wanted),
    })
    await expect(world.recover(late)).rejects.toThrow('cannot be recovered')
    expect(late.problems.join()).toContain('there is no snapshot')
  })
})
