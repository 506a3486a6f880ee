// The newest entries of all partitions that this process knows to be committed: what it appended and
// was told is there, and what its tails brought.
//
// They are kept for one purpose: where Redis loses the end of a log (a failover to a replica that lagged
// behind, a torn file), whoever takes the lease next writes them again. What is older than all the
// limits is let go; a Redis that loses more than that is beyond repair from here.

import type { Partition } from '../../../protocol/ids.ts'
import { comparePositions, type LogPosition } from '../position.ts'
import {
  bytesAt,
  entryAt,
  isDead,
  KeptRecords,
  markDead,
  positionAt,
  type RecordPlace,
  timeAt,
} from './kept-records.ts'
import type { StreamEntry } from './redis-codec.ts'

/** The limits of all partitions of one process together. The first that is reached counts. */
export const keptMsMax = 60_000
export const keptEntriesMax = 200_000
export const keptBytesMax = 64 * 1024 * 1024

/** How many barriers of a partition are remembered: more than a reader is behind who stands at one. */
const barriersMax = 8

/** A barrier, and the last entry before it that is none. */
type Barrier = { readonly position: LogPosition; readonly content: LogPosition }

export class KeptEntries {
  readonly #clock: () => number
  /** The last entry of each partition. Its records that are not dead are without a hole up to here. */
  readonly #tips = new Map<Partition, LogPosition>()
  /** The newest barriers of each partition, and what stood before them: that stays true whatever is lost. */
  readonly #barriers = new Map<Partition, readonly Barrier[]>()
  readonly #records = new KeptRecords()
  #count = 0
  #bytes = 0

  /** @param clock milliseconds; only differences matter. */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  get counts(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#count, bytes: this.#bytes }
  }

  /** The newest committed position that was ever noted, also when its entry was let go. */
  tip(partition: Partition): LogPosition | undefined {
    return this.#tips.get(partition)
  }

  /**
   * The last entry up to a position that is no barrier, as far as that is known: what stands behind it may be
   * lost, and nothing is missing.
   */
  contentUpTo(partition: Partition, position: LogPosition): LogPosition {
    const barriers = this.#barriers.get(partition) ?? []
    const found = barriers.find((barrier) => comparePositions(barrier.position, position) === 0)
    return found?.content ?? position
  }

  /**
   * Notes entries without a hole. Those that are known already are passed over, and where some are
   * missing in between the chain begins anew.
   */
  note(partition: Partition, entries: readonly StreamEntry[]): void {
    const tip = this.tip(partition)
    const isNew = (entry: StreamEntry): boolean =>
      tip === undefined || comparePositions(entry.position, tip) > 0
    const first = entries[0]
    const added = first === undefined || isNew(first) ? entries : entries.filter(isNew)
    const [next] = added
    if (next === undefined) return
    const isHole = tip !== undefined && comparePositions(next.previous, tip) !== 0
    if (isHole) this.#forget(partition)
    this.#add(partition, added)
  }

  /**
   * The chain begins anew with these: what came before is another history, unless these are known already.
   * @param content the last one of that history that is no barrier: the first of these stands for others.
   */
  startOver(partition: Partition, entries: readonly StreamEntry[], content: LogPosition): void {
    const [first] = entries
    if (first === undefined) return
    const tip = this.#tips.get(partition)
    if (tip !== undefined && comparePositions(first.position, tip) <= 0) {
      this.note(partition, entries)
      return
    }
    this.#forget(partition)
    const isBare = comparePositions(content, first.position) < 0
    this.#remember(partition, {
      position: first.position,
      content: isBare ? content : first.position,
    })
    this.#add(partition, entries)
  }

  /** Everything noted after a position, or undefined where that is not known any more. */
  after(partition: Partition, position: LogPosition): readonly StreamEntry[] | undefined {
    const tip = this.#tips.get(partition)
    if (tip === undefined) return undefined
    if (comparePositions(position, tip) === 0) return []
    const all = Array.from(this.#records.of(partition), entryAt)
    const start = all.findIndex((entry) => comparePositions(entry.previous, position) === 0)
    return start === -1 ? undefined : all.slice(start)
  }

  /** The log ends at `position` now, and goes on from there with `entries`. */
  replaceAfter(
    partition: Partition,
    { position, entries }: { position: LogPosition; entries: readonly StreamEntry[] },
  ): void {
    for (const place of this.#records.of(partition)) {
      if (comparePositions(positionAt(place), position) > 0) this.#drop(place)
    }
    this.#tips.set(partition, position)
    this.#add(partition, entries)
  }

  #add(partition: Partition, entries: readonly StreamEntry[]): void {
    const last = entries.at(-1)
    if (last === undefined) return
    const atMs = this.#clock()
    for (const entry of entries) {
      this.#bytes += this.#records.add(partition, entry, atMs)
      const { position, previous, isBarrier } = entry
      if (!isBarrier) continue
      this.#remember(partition, { position, content: this.contentUpTo(partition, previous) })
    }
    this.#count += entries.length
    this.#tips.set(partition, last.position)
    this.#letGo()
  }

  /** What is known of a barrier already stays: one that stands for others looks as if it followed its reader's last. */
  #remember(partition: Partition, barrier: Barrier): void {
    const { position } = barrier
    const known = this.#barriers.get(partition) ?? []
    if (known.some((other) => comparePositions(other.position, position) === 0)) return
    this.#barriers.set(partition, [...known, barrier].slice(-barriersMax))
  }

  #letGo(): void {
    const oldestMs = this.#clock() - keptMsMax
    for (let oldest = this.#records.oldest; oldest !== undefined; oldest = this.#records.oldest) {
      if (!isDead(oldest)) {
        const isFew = this.#count <= keptEntriesMax && this.#bytes <= keptBytesMax
        if (isFew && timeAt(oldest) >= oldestMs) return
        this.#drop(oldest)
      }
      this.#records.shift()
    }
  }

  #forget(partition: Partition): void {
    for (const place of this.#records.of(partition)) this.#drop(place)
    this.#tips.delete(partition)
  }

  #drop(place: RecordPlace): void {
    markDead(place)
    this.#count--
    this.#bytes -= bytesAt(place)
  }
}
