// The digest check (I7): the primary says in the log what its state is like, and every host compares.
//
// A difference means that one of the two is wrong, and nothing here can tell which. The primary was
// followed by clients, so the replica steps back: it ends, and recovers from snapshot and log. Where it
// then differs again, the log says so again, and it is the primary that has to be looked at.

import type { Partition } from '../protocol/ids.ts'
import { partitionsMax } from '../protocol/ids.ts'
import { decodeDigestEntry, encodeDigestEntry } from './replication/digest-entry.ts'
import { digestOf } from './snapshots/digest.ts'
import type { ShardState } from './state/shard-state.ts'

/** How many users a look covers, about. */
const usersPerSlice = 64
const slicesMax = 32_768

export class DigestCheck {
  checkedCount = 0
  readonly #state: ShardState
  readonly #onDifference: (error: Error) => void
  /** The slice that each partition's next digest is about. */
  readonly #nextSlices = new Uint32Array(partitionsMax)

  constructor(state: ShardState, onDifference: (error: Error) => void) {
    this.#state = state
    this.#onDifference = onDifference
  }

  /** The payload of the entry about the state as it is now, another slice each time. */
  entry(partition: Partition): Uint8Array {
    const slices = this.#slicesOf(partition)
    const slice = this.#nextSlices[partition]!++ % slices
    return encodeDigestEntry({
      slice,
      slices,
      digest: digestOf(this.#state, partition, { slice, slices }),
    })
  }

  /** Compares where the partition is hosted here. Call it when all entries before it are applied. */
  check(partition: Partition, payload: Uint8Array): void {
    if (!this.#state.hosts(partition)) return
    const { slice, slices, digest } = decodeDigestEntry(payload)
    const own = digestOf(this.#state, partition, { slice, slices })
    this.checkedCount++
    if (own === digest) return
    this.#onDifference(
      new Error(
        `The state of partition ${partition} differs from its primary's (slice ${slice} of ${slices}: ` +
          `${own} here, ${digest} there): this process ends and recovers from the log.`,
      ),
    )
  }

  #slicesOf(partition: Partition): number {
    const users = this.#state.users.index.countOf(partition)
    return Math.min(slicesMax, 2 ** Math.ceil(Math.log2(Math.max(1, users / usersPerSlice))))
  }
}
