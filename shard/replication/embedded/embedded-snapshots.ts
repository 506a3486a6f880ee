// The snapshot registry of the embedded log: one row for each partition beside the end of its log.
//
//   row   checksum u32 over key and records | the records, packed
//
// It is flushed like the log itself: what allows a trim is on the disk before the trim is.

import { crc32 } from 'node:zlib'
import { pack, unpack } from '../../../protocol/frame.ts'
import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt, LogUnavailable } from '../log.ts'
import type { LogPosition } from '../position.ts'
import type { RecordedSnapshot, SnapshotRecord, SnapshotRegistry } from '../snapshot-registry.ts'
import { withoutHolder, withRecord } from '../snapshot-rules.ts'
import { snapshotsKey } from './embedded-codec.ts'
import { conflictsMax } from './embedded-entries.ts'
import type { OpeningGate } from './embedded-gate.ts'
import type { DiskRoom } from './embedded-room.ts'
import { replaceRow, type Table, type Versioned } from './embedded-table.ts'

const checksumBytes = 4

export type EmbeddedSnapshotsParts = {
  readonly positions: Table
  readonly gate: OpeningGate
  readonly room: DiskRoom
  readonly path: string
  readonly partitionCount: number
}

type Change = (records: readonly RecordedSnapshot[]) => readonly RecordedSnapshot[]

export class EmbeddedSnapshots implements SnapshotRegistry {
  readonly #parts: EmbeddedSnapshotsParts
  #isClosed = false

  constructor(parts: EmbeddedSnapshotsParts) {
    this.#parts = parts
  }

  async record(partition: Partition, snapshot: SnapshotRecord, holder: string): Promise<void> {
    await this.#change(partition, (records) => withRecord(records, snapshot, holder))
  }

  async list(partition: Partition): Promise<readonly RecordedSnapshot[]> {
    return this.#read(partition).value
  }

  async forget(partition: Partition, position: LogPosition, holder: string): Promise<void> {
    await this.#change(partition, (records) => withoutHolder(records, position, holder))
  }

  /** The tables are about to be closed. */
  close(): void {
    this.#isClosed = true
  }

  async #change(partition: Partition, change: Change): Promise<void> {
    const { positions, gate, room } = this.#parts
    for (let attempt = 0; attempt < conflictsMax; attempt++) {
      const { value: records, version: readVersion } = this.#read(partition)
      room.checkForCommit()
      const key = snapshotsKey(partition)
      const row = { key, value: encodeRow(key, change(records)), readVersion }
      if (await gate.whileNobodyOpens(() => replaceRow(positions, row))) return
    }
    throw new LogUnavailable(`Others keep recording snapshots of partition ${partition}.`)
  }

  #read(partition: Partition): Versioned<readonly RecordedSnapshot[]> {
    const { positions, path, partitionCount } = this.#parts
    if (this.#isClosed) throw new LogUnavailable('This replication log was closed.')
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount) {
      throw new RangeError(`There is no partition ${partition}.`)
    }
    positions.resetReadTxn()
    const key = snapshotsKey(partition)
    const row = positions.getEntry(key)
    if (row === undefined) return { value: [], version: undefined }
    const value = Buffer.from(row.value)
    if (value.length < checksumBytes || value.readUInt32BE(0) !== checksumOf(key, value)) {
      throw new LogCorrupt(
        `${path}: the row that names the snapshots of partition ${partition} does not match its ` +
          'checksum.',
      )
    }
    const records = unpack(value.subarray(checksumBytes)) as readonly RecordedSnapshot[]
    return { value: records, version: row.version }
  }
}

function encodeRow(key: Uint8Array, records: readonly RecordedSnapshot[]): Buffer {
  const packed = pack(records)
  const value = Buffer.alloc(checksumBytes + packed.length)
  value.set(packed, checksumBytes)
  value.writeUInt32BE(checksumOf(key, value), 0)
  return value
}

function checksumOf(key: Uint8Array, value: Buffer): number {
  return crc32(value.subarray(checksumBytes), crc32(key))
}
