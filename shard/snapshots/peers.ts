// Sharing snapshots between shards: gets one from whoever has it, and gives pieces of one's own.

import { open } from 'node:fs/promises'
import {
  PeerUnavailable,
  type SnapshotName,
  type SnapshotPiece,
  snapshotPieceBytesMax,
} from '../../protocol/cluster-peers.ts'
import type { Partition } from '../../protocol/ids.ts'
import { formatPosition } from '../replication/position.ts'
import type { RecordedSnapshot, SnapshotRecord } from '../replication/snapshot-registry.ts'
import type { Compactor } from './compactor.ts'
import { SnapshotCorrupt } from './snapshot-chunks.ts'
import { makingFile, type SnapshotStore, type StoredSnapshot } from './store.ts'

/** What came of asking for a snapshot. */
export type Obtained = {
  readonly isHere: boolean
  /** Holders that gave no answer, as they are away or on their way: one of them may have it. */
  readonly unheard: readonly string[]
}

export type SharingPorts = {
  /** The name of this shard. */
  readonly name: string
  readonly store: SnapshotStore
  readonly compactor: Pick<Compactor, 'verify'>
  /** `host:port` of a live shard; undefined where it is not live. */
  addressOf(name: string): string | undefined
  /** Copies a file, unverified. @throws PeerUnavailable where that shard gives no answer. */
  fetchSnapshot(
    address: string,
    wanted: SnapshotName & { path: string; bytesMax: number },
  ): Promise<unknown>
  onError(error: unknown, message: string): void
}

export class SnapshotSharing {
  readonly #ports: SharingPorts

  constructor(ports: SharingPorts) {
    this.#ports = ports
  }

  /** Gets a recorded snapshot from one of its holders, verifies it and stores it. */
  async fetch(partition: Partition, record: RecordedSnapshot): Promise<Obtained> {
    const { name, addressOf, onError } = this.#ports
    const unheard: string[] = []
    for (const holder of record.holders) {
      if (holder === name) continue
      const address = addressOf(holder)
      if (address === undefined) {
        unheard.push(holder)
        continue
      }
      try {
        await this.#fetchFrom(address, partition, record)
        return { isHere: true, unheard }
      } catch (error) {
        if (error instanceof PeerUnavailable) unheard.push(holder)
        const position = formatPosition(record.position)
        onError(error, `snapshot ${position} of partition ${partition}: not had from ${holder}`)
      }
    }
    return { isHere: false, unheard }
  }

  /**
   * A piece of a snapshot that is stored here, for another shard.
   * @throws Error where it is not here, RangeError where the offset lies behind its end.
   */
  async readPiece({
    partition,
    position,
    offset,
  }: SnapshotName & { offset: number }): Promise<SnapshotPiece> {
    const file = await open(this.#ports.store.path(partition, position), 'r').catch(
      (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause
        const name = formatPosition(position)
        throw new Error(`there is no snapshot ${name} of partition ${partition} here`, { cause })
      },
    )
    try {
      const { size: totalBytes } = await file.stat()
      if (offset > totalBytes)
        throw new RangeError('the offset lies behind the end of the snapshot')
      const data = Buffer.alloc(Math.min(snapshotPieceBytesMax, totalBytes - offset))
      const { bytesRead } = await file.read(data, 0, data.length, offset)
      return { totalBytes, data: data.subarray(0, bytesRead) }
    } finally {
      await file.close()
    }
  }

  async #fetchFrom(
    address: string,
    partition: Partition,
    record: SnapshotRecord,
  ): Promise<StoredSnapshot> {
    const { store, compactor, fetchSnapshot } = this.#ports
    const { position, bytes: bytesMax } = record
    const making = store.beginMaking(partition)
    try {
      const path = makingFile(making)
      await fetchSnapshot(address, { partition, position, path, bytesMax })
      const found = await compactor.verify({ path, partition, position })
      if (found.sha256 !== record.sha256) {
        throw new SnapshotCorrupt(`${path}: these are not the bytes that were recorded.`)
      }
      return store.publish(making, { partition, position })
    } finally {
      store.abandon(making)
    }
  }
}
