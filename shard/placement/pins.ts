// Pins: the words of operators on who should serve a partition, as one process knows them.
//
// Every process announces the words that it knows, and takes those of the others; the newest word on a
// partition counts. So a word reaches all within one announcement of each, and lives as long as any
// process does: like a rumour with a date on it, which nobody has to keep. When all processes were
// gone at once the ring decides again.
//
// A word that is taken back stays, as one for nobody: an older one would come back otherwise. There is
// at most one for each partition.

import type { Partition } from '../../protocol/ids.ts'
import type { Pin } from '../replication/members.ts'

/** Letters of the name of a process, at most. */
const nameLengthMax = 64

export class Pins {
  readonly #partitionCount: number
  readonly #words = new Map<Partition, Pin>()
  #byPartition: ReadonlyMap<Partition, string> = new Map()

  constructor(partitionCount: number) {
    this.#partitionCount = partitionCount
  }

  /** Who should serve which partition: the same object until a word changes it. */
  get byPartition(): ReadonlyMap<Partition, string> {
    return this.#byPartition
  }

  /** All words, those that were taken back included. */
  get words(): readonly Pin[] {
    return [...this.#words.values()]
  }

  /**
   * An operator's new word.
   * @param to the name of a process; '' where the ring is to decide
   */
  pin(partition: Partition, to: string): void {
    const version = (this.#words.get(partition)?.version ?? 0) + 1
    this.hear([{ partition, to, version }])
  }

  /** Takes the newer ones of these words. What cannot be one is left out. */
  hear(words: readonly Pin[]): void {
    const newer = words.filter((word) => this.#isSound(word) && this.#isNewer(word))
    if (newer.length === 0) return
    for (const word of newer) if (this.#isNewer(word)) this.#words.set(word.partition, word)
    const named = this.words.filter(({ to }) => to !== '')
    this.#byPartition = new Map(named.map(({ partition, to }) => [partition, to]))
  }

  #isSound({ partition, to, version }: Pin): boolean {
    const isPlace =
      Number.isInteger(partition) && partition >= 0 && partition < this.#partitionCount
    return isPlace && to.length <= nameLengthMax && Number.isSafeInteger(version) && version > 0
  }

  /** Of two words that were given at once, all processes choose the same one. */
  #isNewer({ partition, to, version }: Pin): boolean {
    const known = this.#words.get(partition)
    if (known === undefined || version > known.version) return true
    return version === known.version && to > known.to
  }
}
