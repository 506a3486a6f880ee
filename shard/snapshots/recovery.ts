// Finds the snapshot that a partition is recovered from: the newest sound one from which the log goes on.
//
// Where it may be with a shard that gave no answer, that one is waited for: after a whole cluster has stopped
// each shard may need a snapshot that only another one has. All offer theirs while they wait. Who was away
// when it was to be asked counts as unheard, and not who is away afterwards: it may have come up in between.

import type { Partition } from '../../protocol/ids.ts'
import { inTurns } from '../in-turns.ts'
import { LogCorrupt, type ReplicationLog } from '../replication/log.ts'
import { type LogPosition, logStart } from '../replication/position.ts'
import type { RecordedSnapshot } from '../replication/snapshot-registry.ts'
import { whyNotOn } from './goes-on.ts'
import { checkPosition } from './header-position.ts'
import type { Obtained } from './peers.ts'
import { type Snapshot, snapshotOpening } from './snapshot-file.ts'
import type { SnapshotStore } from './store.ts'

/** Between two looks whether a shard with the snapshot has come up. */
const lookPauseMs = 500

export type RecoveryPorts = {
  /** The name of this shard. */
  readonly name: string
  readonly cluster: string
  /** For the message. */
  readonly directory: string
  readonly log: Pick<ReplicationLog, 'read' | 'head' | 'snapshots'>
  readonly store: SnapshotStore
  /** Gets a recorded snapshot into the store, where one of its holders gives it. */
  obtain(partition: Partition, record: RecordedSnapshot): Promise<Obtained>
  /** Whether a shard is up that goes by this name. */
  addressOf(name: string): string | undefined
  pause(ms: number): Promise<void>
  onError(error: unknown, message: string): void
}

export class Recovery {
  readonly #ports: RecoveryPorts
  /** What a log was found to be, where it does not go on from a snapshot: the reason, if there is no other one. */
  readonly #damage = new Map<Partition, LogCorrupt>()

  constructor(ports: RecoveryPorts) {
    this.#ports = ports
  }

  /**
   * @returns undefined where everything is in the log.
   * @throws Error where neither the log nor a snapshot has the beginning, LogUnavailable.
   */
  async open(partition: Partition): Promise<Snapshot | undefined> {
    this.#damage.delete(partition)
    for (;;) {
      const unheard = new Set<string>()
      const found =
        (await this.#openHere(partition)) ?? (await this.#openElsewhere(partition, unheard))
      if (found !== undefined) return found
      const problem = await this.#problem(partition)
      if (problem === undefined) return undefined
      if (unheard.size === 0) throw this.#damage.get(partition) ?? problem
      const names = [...unheard].join(' or ')
      this.#ports.onError(problem, `waiting for ${names}, who may have a snapshot`)
      await this.#ports.pause(lookPauseMs)
    }
  }

  async #openHere(partition: Partition): Promise<Snapshot | undefined> {
    const { cluster, store } = this.#ports
    let opened: Snapshot | undefined
    await store.newestVerified(partition, async ({ path, position }) => {
      if (!(await this.#goesOn(partition, position))) return false
      opened = await inTurns(snapshotOpening(path, { cluster, partition }))
      checkPosition(opened.header, { path, position })
      return true
    })
    return opened
  }

  /** @param unheard takes the names of shards that have a snapshot by the records, and gave no answer. */
  async #openElsewhere(partition: Partition, unheard: Set<string>): Promise<Snapshot | undefined> {
    const { name, log, obtain, addressOf } = this.#ports
    const records = await log.snapshots.list(partition)
    for (const holder of records.flatMap((record) => record.holders)) {
      if (holder !== name && addressOf(holder) === undefined) unheard.add(holder)
    }
    for (const record of records) {
      if (!(await this.#goesOn(partition, record.position))) continue
      const obtained = await obtain(partition, record)
      for (const holder of obtained.unheard) unheard.add(holder)
      if (!obtained.isHere) continue
      const opened = await this.#openHere(partition)
      if (opened !== undefined) return opened
    }
    return undefined
  }

  /** Notes what is damaged about the log where it does not. */
  async #goesOn(partition: Partition, position: LogPosition): Promise<boolean> {
    const reason = await whyNotOn(this.#ports.log, { partition, position })
    if (reason instanceof LogCorrupt) this.#damage.set(partition, reason)
    return reason === undefined
  }

  /** Why the log alone is not enough; undefined where it is. */
  async #problem(partition: Partition): Promise<Error | undefined> {
    const { log, directory, store } = this.#ports
    try {
      const first = await log.read({ partition, after: logStart, limit: 1 })
      if (first.length > 0 || store.list(partition).length === 0) return undefined
      return new Error(
        `Partition ${partition} cannot be recovered: its log is empty, and ${directory} has a snapshot of ` +
          'it: the log is lost, or is another one. Restore it from a copy; or move the snapshots away, to ' +
          'begin with nothing.',
      )
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      return new Error(
        `Partition ${partition} cannot be recovered: its log no longer begins at its start, and no ` +
          `sound snapshot of it is in ${directory} or with a shard that is up. Start a shard that ` +
          'has one, or put one back into the directory.',
        { cause },
      )
    }
  }
}
