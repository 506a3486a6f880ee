// Runs the replication log's contract on every implementation: one entry each in this list.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Acknowledge, openEmbeddedLog } from '../../shard/replication/embedded.ts'
import { MemoryLog } from '../../shard/replication/memory.ts'
import { contractPartitions, describeReplicationLog, type LogMedium } from './log-contract.ts'

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
}

for (const [name, create] of Object.entries(media)) describeReplicationLog(name, create)
