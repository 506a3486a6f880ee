// Hosting: which hosted facts this process keeps, as flags. `ShardState` asks them for every event.
//
//   own[p]          what the log of p says of p's users is kept: sessions, marks, whom they follow
//   inbound[q][p]   the follows of q's users into p are kept, whether or not q itself is hosted
//
// An edge from a user of q to a user of p is kept where own[q] or inbound[q][p]. A partition is hosted
// where both hold for it, with every q.
//
// At start all flags of a partition are raised at once, before the first entry. In a live process they
// are raised one by one, as the facts behind them arrive (see hosted-facts.ts), and lowered all at once.

import type { Partition } from '../../protocol/ids.ts'
import { partitionsMax } from '../../protocol/ids.ts'

export class Hosting {
  readonly #own = new Uint8Array(partitionsMax)
  readonly #inbound = new Uint8Array(partitionsMax * partitionsMax)
  readonly #complete = new Uint8Array(partitionsMax)
  /** Partitions whose facts are being removed: they have to be gone before they may come again. */
  readonly #leaving = new Set<Partition>()

  /** Raises all flags of a partition: nothing of any log has been applied yet. */
  host(partition: Partition): void {
    this.#own[partition] = 1
    this.#complete[partition] = 1
    for (let source = 0; source < partitionsMax; source++) this.#raise(source, partition)
  }

  /** Whether all that is to be known of a partition's users is here. */
  isComplete(partition: Partition): boolean {
    return this.#complete[partition] === 1
  }

  /** Whether what a partition's own log says of its users is kept. */
  keepsOwn(partition: Partition): boolean {
    return this.#own[partition] === 1
  }

  /** Whether follows of users of `source` to users of `target` are kept. */
  keepsEdges(source: Partition, target: Partition): boolean {
    return this.#own[source] === 1 || this.#inbound[source * partitionsMax + target] === 1
  }

  /** Whether the facts of this source about a partition have arrived, or are about to. */
  hasArrived(source: Partition, partition: Partition): boolean {
    const isIn = this.#inbound[source * partitionsMax + partition] === 1
    return source === partition ? isIn && this.#own[partition] === 1 : isIn
  }

  /** @throws Error where the partition is still being removed */
  assertNotLeaving(partition: Partition): void {
    if (!this.#leaving.has(partition)) return
    throw new Error(
      `partition ${partition} is still being removed: go on with unhost until its end`,
    )
  }

  /** Raises the flags for one source: what it says from now on is kept. */
  arrive(source: Partition, partition: Partition): void {
    this.#raise(source, partition)
    if (source === partition) this.#own[partition] = 1
  }

  /** Whether the facts of all sources have arrived: `host` can follow. */
  haveAllArrived(partition: Partition, partitionCount: number): boolean {
    for (let source = 0; source < partitionCount; source++) {
      if (!this.hasArrived(source, partition)) return false
    }
    return true
  }

  /** Lowers all flags of a partition. `left` has to follow when its facts are gone. */
  leave(partition: Partition): void {
    this.#own[partition] = 0
    this.#complete[partition] = 0
    for (let source = 0; source < partitionsMax; source++) {
      this.#inbound[source * partitionsMax + partition] = 0
    }
    this.#leaving.add(partition)
  }

  left(partition: Partition): void {
    this.#leaving.delete(partition)
  }

  #raise(source: Partition, partition: Partition): void {
    this.#inbound[source * partitionsMax + partition] = 1
  }
}
