// The snapshot registry in the memory of this process: all handles on one log share it.

import type { Partition } from '../../../protocol/ids.ts'
import type { LogPosition } from '../position.ts'
import type { RecordedSnapshot, SnapshotRecord, SnapshotRegistry } from '../snapshot-registry.ts'
import { withoutHolder, withRecord } from '../snapshot-rules.ts'

/** By partition; one that was never written is not there. */
export type SnapshotRows = Map<Partition, readonly RecordedSnapshot[]>

export class MemorySnapshots implements SnapshotRegistry {
  readonly #rows: SnapshotRows
  readonly #check: (partition: Partition) => void

  /** @param options `check` throws where the log is closed or has no such partition. */
  constructor(options: { rows: SnapshotRows; check(partition: Partition): void }) {
    this.#rows = options.rows
    this.#check = options.check
  }

  async record(partition: Partition, snapshot: SnapshotRecord, holder: string): Promise<void> {
    this.#rows.set(partition, withRecord(this.#read(partition), snapshot, holder))
  }

  async list(partition: Partition): Promise<readonly RecordedSnapshot[]> {
    return this.#read(partition)
  }

  async forget(partition: Partition, position: LogPosition, holder: string): Promise<void> {
    this.#rows.set(partition, withoutHolder(this.#read(partition), position, holder))
  }

  #read(partition: Partition): readonly RecordedSnapshot[] {
    this.#check(partition)
    return this.#rows.get(partition) ?? []
  }
}
