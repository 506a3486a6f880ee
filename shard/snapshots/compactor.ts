// Makes snapshots: the newest earlier one from which the log goes on, plus the entries of the log after it.
//
//   main thread     log.read -> one buffer each ->                        -> publish
//   worker                                        load, apply, write, verify
//
// The main thread reads a few entries at a time and lets others run in between; everything that takes
// long happens in the worker, on a state that hosts the one partition. A file gets its final name only after
// it was read back into yet another state whose digest is the same.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Partition } from '../../protocol/ids.ts'
import type { LogEntry, ReplicationLog } from '../replication/log.ts'
import { comparePositions, type LogPosition, logStart } from '../replication/position.ts'
import type { SnapshotRecord } from '../replication/snapshot-registry.ts'
import type { FileToVerify, MadeSnapshot } from './compactor-messages.ts'
import type { CompactorThread } from './compactor-thread.ts'
import { whyNotOn } from './goes-on.ts'
import { makingFile, type SnapshotStore } from './store.ts'

/** Entries that are read and sent at a time: about a millisecond of the main thread. */
const batchEntriesMax = 256

export type CompactorOptions = {
  readonly log: Pick<ReplicationLog, 'read' | 'head'>
  readonly cluster: string
  readonly store: SnapshotStore
  readonly thread: Pick<CompactorThread, 'ask' | 'close'>
}

export class Compactor {
  readonly #options: CompactorOptions
  readonly #thread: Pick<CompactorThread, 'ask' | 'close'>
  #isMaking = false

  constructor(options: CompactorOptions) {
    this.#options = options
    this.#thread = options.thread
  }

  /**
   * Makes a snapshot of everything up to `upTo`, which the log holds, and stores it.
   * @returns undefined where the newest one holds all of that already.
   * @throws SnapshotCorrupt where what was written does not read back as it should, RangeError or LogCorrupt
   * where the log goes on from no snapshot that is here; CompactorGone, LogUnavailable.
   */
  async make(partition: Partition, upTo: LogPosition): Promise<MadeSnapshot | undefined> {
    if (this.#isMaking) throw new Error('a snapshot is being made: one at a time')
    this.#isMaking = true
    try {
      return await this.#make(partition, upTo)
    } finally {
      this.#isMaking = false
    }
  }

  /** Reads a whole file. @throws SnapshotCorrupt where it is not what it should be. */
  verify(file: Omit<FileToVerify, 'cluster'>): Promise<SnapshotRecord> {
    const { cluster } = this.#options
    return this.#thread.ask({ kind: 'verify', file: { cluster, ...file } })
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  async #make(partition: Partition, upTo: LogPosition): Promise<MadeSnapshot | undefined> {
    const { store } = this.#options
    const base = await this.#begin(partition, upTo)
    const position = await this.#apply(partition, { from: base, upTo })
    if (comparePositions(position, base) === 0) return undefined
    const making = store.beginMaking(partition)
    try {
      const path = makingFile(making)
      const made = await this.#thread.ask({ kind: 'finish', path, position })
      store.publish(making, { partition, position })
      return made
    } finally {
      store.abandon(making)
    }
  }

  /** @returns the position of the snapshot that the worker has loaded. */
  async #begin(partition: Partition, upTo: LogPosition): Promise<LogPosition> {
    const { log, store, cluster } = this.#options
    let reason: Error | undefined
    const base = await store.newestVerified(partition, async ({ path, position }) => {
      if (comparePositions(position, upTo) > 0) return false
      reason = await whyNotOn(log, { partition, position })
      if (reason !== undefined) return false
      const file = { path, cluster, partition, position }
      await this.#thread.ask({ kind: 'begin', cluster, partition, base: file })
      return true
    })
    if (base !== undefined) return base.position
    // What is wrong with the log behind a snapshot says more than that its beginning is gone.
    const start = { partition, position: logStart }
    if (reason !== undefined && (await whyNotOn(log, start)) !== undefined) throw reason
    await this.#thread.ask({ kind: 'begin', cluster, partition, base: undefined })
    return logStart
  }

  /** @returns the last position applied: `upTo`, or less where a failover took that very one back. */
  async #apply(
    partition: Partition,
    { from, upTo }: { from: LogPosition; upTo: LogPosition },
  ): Promise<LogPosition> {
    let last = from
    while (comparePositions(last, upTo) < 0) {
      const read = await this.#options.log.read({ partition, after: last, limit: batchEntriesMax })
      const wanted = read.filter(({ position }) => comparePositions(position, upTo) <= 0)
      await this.#send(wanted)
      last = wanted.at(-1)?.position ?? last
      if (wanted.length === 0 || wanted.length < read.length) break
      await nextTurn()
    }
    return last
  }

  async #send(entries: readonly LogEntry[]): Promise<void> {
    const payloads = entries.flatMap(({ isBarrier, payload }) => (isBarrier ? [] : [payload]))
    if (payloads.length === 0) return
    const lengths = Uint32Array.from(payloads, ({ length }) => length)
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
    let at = 0
    for (const payload of payloads) {
      bytes.set(payload, at)
      at += payload.length
    }
    await this.#thread.ask({ kind: 'entries', lengths, bytes }, [lengths.buffer, bytes.buffer])
  }
}
