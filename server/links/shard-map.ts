// The map of a cluster as a gateway knows it: who serves which partition, and who else hosts it.
// Pure: it is told what shards say and which of them are gone, and answers from arrays.
//
// Two shards may say for a moment that they serve the same partition: the word of the one that has lost it
// can be the slower one. Each reign has an epoch, and that of the successor is larger, so the newest
// epoch counts. A word that was overtaken stays so: when the successor goes away, the predecessor does not
// serve again by what it once said, but by a newer epoch, or after it was gone itself.

import type { ShardStatus } from '../../protocol/cluster-status.ts'
import type { Partition } from '../../protocol/ids.ts'

/** What one shard has said last, by partition. */
type Word = {
  /** -1 where it does not serve the partition. */
  readonly epochs: Float64Array
  /** The newest epoch of its own that was overtaken by another shard; -1 where none was. */
  readonly overtaken: Float64Array
  /** 1 where it hosts the partition. */
  readonly hosted: Uint8Array
}

/** @typeParam L what stands for a shard that is there, such as the link to it */
export class ShardMap<L> {
  readonly #partitionCount: number
  readonly #words = new Map<L, Word>()
  readonly #serving: (L | undefined)[]
  readonly #hosts: (readonly L[])[]
  readonly #wasServed: Uint8Array

  constructor(partitionCount: number) {
    this.#partitionCount = partitionCount
    this.#serving = new Array(partitionCount).fill(undefined)
    this.#hosts = new Array(partitionCount).fill([])
    this.#wasServed = new Uint8Array(partitionCount)
  }

  /** Who serves the partition by the newest epoch. */
  serving(partition: Partition): L | undefined {
    return this.#serving[partition]
  }

  /** All who host the partition, in the order in which they came. */
  hosts(partition: Partition): readonly L[] {
    return this.#hosts[partition] ?? []
  }

  isHost(shard: L, partition: Partition): boolean {
    return this.#words.get(shard)?.hosted[partition] === 1
  }

  /** Whether anybody ever served the partition: then it is likely to be served again soon. */
  wasServed(partition: Partition): boolean {
    return this.#wasServed[partition] === 1
  }

  /** The partitions that nobody serves now. */
  unserved(): Partition[] {
    return [...this.#serving.keys()].filter((partition) => this.#serving[partition] === undefined)
  }

  /**
   * A shard says what it serves and hosts: all of it, in place of what it said before.
   * @returns the partitions that it hosted before and hosts no longer
   */
  tell(shard: L, status: Pick<ShardStatus, 'serving' | 'hosted'>): ReadonlySet<Partition> {
    const before = this.#words.get(shard)
    const word = {
      epochs: new Float64Array(this.#partitionCount).fill(-1),
      overtaken: before?.overtaken ?? new Float64Array(this.#partitionCount).fill(-1),
      hosted: new Uint8Array(this.#partitionCount),
    }
    for (const partition of status.hosted) word.hosted[partition] = 1
    for (const [partition, epoch] of status.serving) {
      if (epoch > (word.overtaken[partition] ?? -1)) word.epochs[partition] = epoch
      word.hosted[partition] = 1
    }
    this.#words.set(shard, word)
    this.#draw()
    const lost = new Set<Partition>()
    before?.hosted.forEach((isHosted, partition) => {
      if (isHosted === 1 && word.hosted[partition] === 0) lost.add(partition)
    })
    return lost
  }

  /** A shard is gone, and what it said with it. */
  forget(shard: L): void {
    if (this.#words.delete(shard)) this.#draw()
  }

  #draw(): void {
    for (let partition = 0; partition < this.#partitionCount; partition++) {
      const hosts: L[] = []
      let serving: L | undefined
      let newest = -1
      for (const [shard, { epochs, hosted }] of this.#words) {
        if (hosted[partition] === 1) hosts.push(shard)
        if (epochs[partition]! <= newest) continue
        newest = epochs[partition]!
        serving = shard
      }
      this.#hosts[partition] = hosts
      this.#serving[partition] = serving
      if (serving !== undefined) this.#wasServed[partition] = 1
      this.#overtake(partition, newest)
    }
  }

  #overtake(partition: Partition, newest: number): void {
    for (const { epochs, overtaken } of this.#words.values()) {
      const epoch = epochs[partition]!
      if (epoch < 0 || epoch >= newest) continue
      overtaken[partition] = epoch
      epochs[partition] = -1
    }
  }
}
