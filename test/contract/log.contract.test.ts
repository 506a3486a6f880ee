// Runs the replication log's contract on every implementation: one entry each in this list.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Acknowledge, openEmbeddedLog } from '../../shard/replication/embedded/embedded.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import { openRedisLog } from '../../shard/replication/redis/redis.ts'
import { ageLeases } from '../helpers/redis-leases.ts'
import { ageMembers } from '../helpers/redis-members.ts'
import { type RedisServer, startRedis } from '../helpers/redis-server.ts'
import { contractPartitions, describeReplicationLog, type LogMedium } from './log-contract.ts'
import { describeMemberRegistry } from './members-contract.ts'
import { describeSnapshotRegistry } from './snapshot-registry-contract.ts'

async function embedded(acknowledge: Acknowledge): Promise<LogMedium> {
  const directory = await mkdtemp(join(tmpdir(), 'rookery-log-'))
  let nowMs = 1_000_000
  const clock = (): number => nowMs
  return {
    open: () =>
      openEmbeddedLog({ directory, partitionCount: contractPartitions, acknowledge, clock }),
    advance: async (ms) => {
      nowMs += ms
    },
    dispose: () => rm(directory, { recursive: true }),
  }
}

/** One server for all tests, each of which has a cluster name of its own. */
let server: Promise<RedisServer> | undefined
let clusterCount = 0
afterAll(async () => (await server)?.stop())

async function redis(acknowledge: Acknowledge): Promise<LogMedium> {
  server ??= startRedis({ appendfsync: 'always' })
  const { url } = await server
  const control = (await server).client()
  const cluster = `contract-${++clusterCount}`
  return {
    open: () => openRedisLog({ url, cluster, partitionCount: contractPartitions, acknowledge }),
    advance: async (ms) => {
      await ageLeases(control, { cluster, ms })
      await ageMembers(control, { cluster, ms })
    },
    dispose: async () => control.disconnect(),
  }
}

const media: Record<string, () => Promise<LogMedium>> = {
  'in memory': async () => {
    let nowMs = 1_000_000
    const clock = (): number => nowMs
    const first = new MemoryLog({ clock, partitionCount: contractPartitions })
    return {
      open: async () => new MemoryLog({ clock, on: first }),
      advance: async (ms) => {
        nowMs += ms
      },
      dispose: () => first.close(),
    }
  },
  'embedded, acknowledged once committed': () => embedded('log'),
  'embedded, acknowledged once flushed': () => embedded('sync'),
  'Redis, acknowledged once taken': () => redis('log'),
  'Redis, acknowledged once flushed': () => redis('sync'),
}

for (const [name, create] of Object.entries(media)) {
  describeReplicationLog(name, create)
  describeMemberRegistry(name, create)
  describeSnapshotRegistry(name, create)
}
