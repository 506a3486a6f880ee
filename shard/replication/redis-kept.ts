// The newest entries of all partitions that this process knows to be committed: what it appended and
// was told is there, and what its tails brought.
//
// They are kept for one purpose: where Redis loses the end of a log (a failover to a replica that lagged
// behind, a torn file), whoever takes the lease next writes them again. What is older than all the
// limits is let go; a Redis that loses more than that is beyond repair from here.

import type { Partition } from '../../protocol/ids.ts'
import { comparePositions, type LogPosition } from './position.ts'
import type { StreamEntry } from './redis-codec.ts'

/** The limits of all partitions of one process together. The first that is reached counts. */
export const keptMsMax = 60_000
export const keptEntriesMax = 200_000
export const keptBytesMax = 64 * 1024 * 1024
/** What an entry costs beyond its payload, roughly. */
const entryBytes = 200

type Batch = {
  readonly partition: Partition
  entries: readonly StreamEntry[]
  readonly count: number
  readonly bytes: number
  readonly atMs: number
  isDropped: boolean
}

type Chain = {
  /** Without a hole, and up to `tip`. */
  readonly batches: Queue<Batch>
  tip: LogPosition
}

export class KeptEntries {
  readonly #clock: () => number
  readonly #chains = new Map<Partition, Chain>()
  /** All batches, oldest first: the next to let go. */
  readonly #queue = new Queue<Batch>()
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
    return this.#chains.get(partition)?.tip
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
    if (tip === undefined || comparePositions(next.previous, tip) !== 0) this.#forget(partition)
    this.#add(partition, added)
  }

  /** The chain begins anew with these: what came before is another history. */
  startOver(partition: Partition, entries: readonly StreamEntry[]): void {
    this.#forget(partition)
    this.#add(partition, entries)
  }

  /** Everything noted after a position, or undefined where that is not known any more. */
  after(partition: Partition, position: LogPosition): readonly StreamEntry[] | undefined {
    const chain = this.#chains.get(partition)
    if (chain === undefined) return undefined
    if (comparePositions(position, chain.tip) === 0) return []
    const all = [...chain.batches].flatMap(({ entries }) => entries)
    const start = all.findIndex((entry) => comparePositions(entry.previous, position) === 0)
    return start === -1 ? undefined : all.slice(start)
  }

  /** The log ends at `position` now, and goes on from there with `entries`. */
  replaceAfter(
    partition: Partition,
    { position, entries }: { position: LogPosition; entries: readonly StreamEntry[] },
  ): void {
    const chain = this.#chains.get(partition)
    for (let batch = chain?.batches.last; batch !== undefined; batch = chain?.batches.last) {
      const kept = batch.entries.filter((entry) => comparePositions(entry.position, position) <= 0)
      batch.entries = kept
      if (kept.length > 0) break
      this.#drop(batch)
      chain?.batches.pop()
    }
    this.#add(partition, entries)
  }

  #add(partition: Partition, entries: readonly StreamEntry[]): void {
    const last = entries.at(-1)
    if (last === undefined) return
    const bytes = entries.reduce((sum, { payload }) => sum + payload.length + entryBytes, 0)
    const atMs = this.#clock()
    const batch = { partition, entries, count: entries.length, bytes, atMs, isDropped: false }
    const chain = this.#chains.get(partition) ?? { batches: new Queue(), tip: last.position }
    chain.tip = last.position
    chain.batches.push(batch)
    this.#chains.set(partition, chain)
    this.#queue.push(batch)
    this.#count += batch.count
    this.#bytes += bytes
    this.#letGo()
  }

  #letGo(): void {
    const oldestMs = this.#clock() - keptMsMax
    for (let oldest = this.#queue.first; oldest !== undefined; oldest = this.#queue.first) {
      const isWithin =
        oldest.atMs >= oldestMs && this.#count <= keptEntriesMax && this.#bytes <= keptBytesMax
      if (isWithin && !oldest.isDropped) return
      this.#queue.shift()
      if (oldest.isDropped) continue
      this.#drop(oldest)
      this.#chains.get(oldest.partition)?.batches.shift()
    }
  }

  #forget(partition: Partition): void {
    for (const batch of this.#chains.get(partition)?.batches ?? []) this.#drop(batch)
    this.#chains.delete(partition)
  }

  #drop(batch: Batch): void {
    batch.isDropped = true
    batch.entries = []
    this.#count -= batch.count
    this.#bytes -= batch.bytes
  }
}

/** How many places at the front of a queue stay empty until they are taken away together. */
const emptyPlacesMax = 1024

/** First in, first out; also from the back. */
class Queue<Value> implements Iterable<Value> {
  #values: (Value | undefined)[] = []
  #head = 0

  get first(): Value | undefined {
    return this.#values[this.#head]
  }

  get last(): Value | undefined {
    return this.#values.length > this.#head ? this.#values.at(-1) : undefined
  }

  push(value: Value): void {
    this.#values.push(value)
  }

  pop(): void {
    if (this.#values.length > this.#head) this.#values.pop()
  }

  shift(): void {
    if (this.#head === this.#values.length) return
    this.#values[this.#head++] = undefined
    if (this.#head < emptyPlacesMax || this.#head * 2 < this.#values.length) return
    this.#values = this.#values.slice(this.#head)
    this.#head = 0
  }

  *[Symbol.iterator](): Iterator<Value> {
    yield* this.#values.slice(this.#head) as Value[]
  }
}
