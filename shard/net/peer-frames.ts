// The called side of the link of another shard: partitions that are handed over, pieces of snapshots.

import { frameKinds } from '../../protocol/cluster.ts'
import type {
  SnapshotPiece,
  SnapshotPieceFrame,
  SnapshotReadFrame,
} from '../../protocol/cluster-peers.ts'
import {
  encodeHandOver,
  encodeSnapshotPiece,
  readHandOver,
  readSnapshotRead,
} from '../../protocol/cluster-peers.ts'
import { ClusterProtocolError } from '../../protocol/cluster-stream.ts'
import type { Partition } from '../../protocol/ids.ts'

export type PeerFramesPorts = {
  send(kind: number, body: Uint8Array): void
  /** Another shard has given the lease of a partition back, for this one to take it. */
  onHandOver(partition: Partition, epoch: number): Promise<void>
  /** Another shard asks for a piece of a snapshot; the message of a rejection is its answer. */
  onSnapshotRead(read: SnapshotReadFrame): Promise<SnapshotPiece>
}

export class PeerFrames {
  readonly #ports: PeerFramesPorts

  constructor(ports: PeerFramesPorts) {
    this.#ports = ports
  }

  /** Throws ClusterProtocolError for what no shard of ours sends. */
  receive(kind: number, body: Buffer): void {
    if (kind === frameKinds.handOver) {
      const { partition, epoch } = readHandOver(body)
      const ended = encodeHandOver({ partition, epoch })
      void this.#ports.onHandOver(partition, epoch).then(() => {
        this.#ports.send(frameKinds.handOverEnded, ended)
      })
    } else if (kind === frameKinds.snapshotRead) {
      const read = readSnapshotRead(body)
      const { requestId } = read
      this.#ports.onSnapshotRead(read).then(
        (piece) => this.#answer({ requestId, piece }),
        (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          this.#answer({ requestId, reason })
        },
      )
    } else throw new ClusterProtocolError(`a frame of kind ${kind} from a shard`)
  }

  #answer(frame: SnapshotPieceFrame): void {
    this.#ports.send(frameKinds.snapshotPiece, encodeSnapshotPiece(frame))
  }
}
