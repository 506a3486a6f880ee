// Writes a past (past.ts) into a replication log, as primaries do, and makes the snapshots that shards
// would have made meanwhile.

import { join } from 'node:path'
import type { Partition } from '../../protocol/ids.ts'
import type { ReplicationLog } from '../../shard/replication/log.ts'
import type { LogPosition } from '../../shard/replication/position.ts'
import type { RecordedSnapshot } from '../../shard/replication/snapshot-registry.ts'
import { Compactor } from '../../shard/snapshots/compactor.ts'
import { CompactorThread } from '../../shard/snapshots/compactor-thread.ts'
import { SnapshotStore } from '../../shard/snapshots/store.ts'
import type { Past, PastEntry } from './past.ts'

const node = 'past/1'
const cluster = 'rookery'
const shardNames = ['shard-0', 'shard-1']
/** What a busy primary appends at a time. */
const batchEntries = 256
/** Entries that wait until all partitions are written to at once. */
const pendingEntriesMax = 64 * batchEntries
const leaseMs = 24 * 60 * 60 * 1000
/** Snapshots that are made at a time. */
const compactors = 2

type Reign = { readonly epoch: number; previous: LogPosition; pending: Uint8Array[] }

export class FilledLog {
  readonly #log: ReplicationLog
  readonly #partitionCount: number
  readonly #entries: Iterator<PastEntry>
  readonly #entryCount: number
  readonly #reigns: Reign[] = []
  #written = 0

  constructor(log: ReplicationLog, past: Past, partitionCount = 64) {
    this.#log = log
    this.#partitionCount = partitionCount
    this.#entries = past.entries()
    this.#entryCount = past.entryCount
  }

  get written(): number {
    return this.#written
  }

  /** Writes the past up to a share of its entries; 1 is all. */
  async writeUpTo(share: number): Promise<void> {
    if (this.#reigns.length === 0) await this.#begin()
    const isAll = share >= 1
    const goal = Math.floor(this.#entryCount * share)
    let pending = 0
    while (isAll || this.#written < goal) {
      const next = this.#entries.next()
      if (next.done === true) break
      this.#reigns[next.value.partition]!.pending.push(next.value.payload)
      this.#written++
      if (++pending < pendingEntriesMax) continue
      await this.#flush()
      pending = 0
    }
    await this.#flush()
  }

  /** Gives the leases back, so that shards can reign at once. */
  async end(): Promise<void> {
    for (const [partition, { epoch }] of this.#reigns.entries()) {
      await this.#log.release({ partition, node, epoch })
    }
  }

  /**
   * Makes a snapshot of each partition as it is now, which both shards of a small cluster have.
   * @returns their bytes
   */
  async makeSnapshots(dataDirectory: string): Promise<number> {
    const partitions = this.#reigns.keys()
    const bytes = await Promise.all(
      Array.from({ length: compactors }, () => this.#makeSome(dataDirectory, partitions)),
    )
    return bytes.reduce((sum, some) => sum + some, 0)
  }

  async #makeSome(dataDirectory: string, partitions: Iterator<Partition>): Promise<number> {
    const store = new SnapshotStore({
      directory: join(dataDirectory, 'snapshots'),
      cluster,
      onCorrupt: (_, error) => {
        throw error
      },
    })
    const log = this.#log
    const compactor = new Compactor({ log, cluster, store, thread: new CompactorThread() })
    let sum = 0
    for (let next = partitions.next(); next.done !== true; next = partitions.next()) {
      const partition = next.value
      const made = await compactor.make(partition, this.#reigns[partition]!.previous)
      if (made === undefined) continue
      const { position, bytes, sha256 } = made
      for (const name of shardNames) {
        await log.snapshots.record(partition, { position, bytes, sha256 }, name)
      }
      sum += bytes
    }
    await compactor.close()
    return sum
  }

  async #begin(): Promise<void> {
    for (let partition = 0; partition < this.#partitionCount; partition++) {
      const lease = await this.#log.acquire({ partition, node, ttlMs: leaseMs, minEpoch: 0 })
      if (lease.outcome !== 'granted') throw new Error(`partition ${partition} is held`)
      const previous = { epoch: lease.epoch, sequence: 1 }
      this.#reigns.push({ epoch: lease.epoch, previous, pending: [] })
    }
  }

  async #flush(): Promise<void> {
    await Promise.all(this.#reigns.map((_, partition) => this.#append(partition)))
  }

  async #append(partition: Partition): Promise<void> {
    const reign = this.#reigns[partition]!
    const { epoch, pending } = reign
    reign.pending = []
    for (let from = 0; from < pending.length; from += batchEntries) {
      const payloads = pending.slice(from, from + batchEntries)
      const { previous } = reign
      const result = await this.#log.append({ partition, node, epoch, previous, payloads })
      if (result.outcome !== 'appended') throw new Error(`an append was answered ${result.outcome}`)
      reign.previous = result.last
    }
  }
}

/** Lets nobody find the snapshots that are recorded. @returns what records them again, in any opening of the log */
export async function forgetSnapshots(
  log: ReplicationLog,
  partitionCount = 64,
): Promise<(again: ReplicationLog) => Promise<void>> {
  const forgotten: { partition: Partition; record: RecordedSnapshot }[] = []
  for (let partition = 0; partition < partitionCount; partition++) {
    for (const record of await log.snapshots.list(partition)) {
      forgotten.push({ partition, record })
      for (const name of record.holders) {
        await log.snapshots.forget(partition, record.position, name)
      }
    }
  }
  return async (again) => {
    for (const { partition, record } of forgotten) {
      for (const name of record.holders) await again.snapshots.record(partition, record, name)
    }
  }
}
