// The snapshot registry on Redis: one hash for each partition, in the slot of its log.
//
//   POSITION            "BYTES SHA256"
//   POSITION HOLDER     ''
//
// A failover that takes records back takes back the trims that came after them as well: both travel to
// the replicas in order.

import type { Partition } from '../../../protocol/ids.ts'
import { comparePositions, formatPosition, type LogPosition } from '../position.ts'
import {
  type RecordedSnapshot,
  type SnapshotRecord,
  type SnapshotRegistry,
  snapshotsKeptMax,
} from '../snapshot-registry.ts'
import { parsePosition } from './redis-codec.ts'
import type { Link } from './redis-link.ts'
import { scripts } from './redis-scripts.ts'

export type RedisSnapshotsParts = {
  readonly link: Link
  /** Throws where the log is closed or has no such partition. */
  keyOf(partition: Partition): string
}

export class RedisSnapshots implements SnapshotRegistry {
  readonly #parts: RedisSnapshotsParts

  constructor(parts: RedisSnapshotsParts) {
    this.#parts = parts
  }

  async record(partition: Partition, snapshot: SnapshotRecord, holder: string): Promise<void> {
    const { position, bytes, sha256 } = snapshot
    await this.#parts.link.run(scripts.recordSnapshot, {
      keys: [this.#parts.keyOf(partition)],
      args: [formatPosition(position), `${bytes} ${sha256}`, holder, snapshotsKeptMax],
    })
  }

  async list(partition: Partition): Promise<readonly RecordedSnapshot[]> {
    const reply = await this.#parts.link.call('hgetall', [this.#parts.keyOf(partition)])
    return decodeHash(reply as Readonly<Record<string, Buffer>>)
  }

  async forget(partition: Partition, position: LogPosition, holder: string): Promise<void> {
    await this.#parts.link.run(scripts.forgetSnapshot, {
      keys: [this.#parts.keyOf(partition)],
      args: [formatPosition(position), holder],
    })
  }
}

/** @param fields the reply to HGETALL, as the client gives it. */
function decodeHash(fields: Readonly<Record<string, Buffer>>): RecordedSnapshot[] {
  const found = new Map<string, { record: string; holders: string[] }>()
  for (const [field, value] of Object.entries(fields)) {
    const [position = '', ...holder] = field.split(' ')
    const snapshot = found.get(position) ?? { record: '', holders: [] }
    found.set(position, snapshot)
    if (holder.length === 0) snapshot.record = value.toString()
    else snapshot.holders.push(holder.join(' '))
  }
  return [...found]
    .map(([position, { record, holders }]) => {
      const [bytes = '', sha256 = ''] = record.split(' ')
      return {
        position: parsePosition(Buffer.from(position)),
        bytes: Number(bytes),
        sha256,
        holders: holders.sort(),
      }
    })
    .sort((left, right) => comparePositions(right.position, left.position))
}
