// Writes again what Redis has lost.
//
// Redis replicates asynchronously: a failover may take back what was acknowledged a moment before, and
// a torn append-only file may as well. Whoever takes the lease of such a log next, and knows more than
// it holds, writes the missing entries behind its barrier before it serves. Each of them names the
// positions that it had before, by which readers tell what they have already (redis-cursor.ts).
//
// So is an append of its own that was never answered: a reader may have seen it. Where nothing is lost,
// what is kept is brought up to the new barrier, so that it can be written again from then on.
//
// It is done only where the log holds nothing else after the loss but barriers and entries that were
// written again. Where another primary has gone on without them, they can no longer come at their
// place: this process is told to start over instead of serving what nobody else has.

import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt, LogUnavailable } from '../log.ts'
import { comparePositions, formatPosition, type LogPosition } from '../position.ts'
import { keysOf, type StreamEntry } from './redis-codec.ts'
import type { Argument } from './redis-connection.ts'
import { originFor } from './redis-cursor.ts'
import type { KeptEntries } from './redis-kept.ts'
import type { Link } from './redis-link.ts'
import { type LogReader, stepEntriesMax } from './redis-reading.ts'
import { scripts } from './redis-scripts.ts'
import type { UnansweredAppends } from './redis-unanswered.ts'

/** How much one script writes at most. */
const restoreEntriesMax = 256
const restoreBytesMax = 256 * 1024

export type Reign = {
  readonly partition: Partition
  readonly node: string
  readonly epoch: number
}

/** What Redis has lost of a log, and what it holds behind the place of the loss. */
export type Loss = {
  /** The last position of the common history. */
  readonly position: LogPosition
  /** What stands behind it now: barriers, and entries that were written again. */
  readonly rewritten: readonly StreamEntry[]
  /** What is missing still, as it was known here. Nothing, where only barriers are lost. */
  readonly missing: readonly StreamEntry[]
}

export type RestorerOptions = {
  readonly link: Link
  readonly reader: LogReader
  readonly kept: KeptEntries
  readonly unanswered: UnansweredAppends
  readonly cluster: string
}

export class Restorer {
  readonly #link: Link
  readonly #reader: LogReader
  readonly #kept: KeptEntries
  readonly #unanswered: UnansweredAppends
  readonly #cluster: string

  constructor(options: RestorerOptions) {
    this.#link = options.link
    this.#reader = options.reader
    this.#kept = options.kept
    this.#unanswered = options.unanswered
    this.#cluster = options.cluster
  }

  /**
   * What this process knows of the log beyond what Redis has. The caller holds the lease, so that
   * nothing changes meanwhile.
   * @throws LogCorrupt where another primary has gone on without it, LogUnavailable where it is too old.
   */
  async findLoss(partition: Partition): Promise<Loss | undefined> {
    const tip = this.#kept.tip(partition)
    if (tip === undefined) return undefined
    const unanswered = this.#unanswered.after(partition, tip)
    const content = this.#kept.contentUpTo(partition, tip)
    // A bare barrier behind that is not missed, unless something may have stood behind it.
    const wanted = unanswered.length > 0 ? tip : content
    if (unanswered.length > 0) {
      const barriers = await this.#barriersRightAfter(partition, tip)
      if (barriers !== undefined) return { position: tip, rewritten: barriers, missing: unanswered }
    }
    const rewritten: StreamEntry[] = []
    let position: LogPosition | undefined
    let repeated: LogPosition = tip
    for await (const entry of this.#entriesAfter(partition, tip)) {
      if (position === undefined) {
        const wentBack = entry.isBarrier && comparePositions(entry.previous, tip) < 0
        if (!wentBack) return undefined
        position = entry.previous
        repeated = position
        if (comparePositions(position, wanted) >= 0) return { position, rewritten: [], missing: [] }
      } else {
        const origin = originFor(entry.origins, tip)
        if (origin !== undefined) repeated = origin
        else if (!entry.isBarrier) throw this.#goneOn(partition, { entry, tip })
        // All that was known here is there: what follows is read as everything else is.
        if (comparePositions(repeated, wanted) >= 0) return undefined
      }
      rewritten.push(entry)
    }
    if (position === undefined) return undefined
    const isContentThere = comparePositions(repeated, content) >= 0
    const missing = this.#kept.after(partition, repeated) ?? (isContentThere ? [] : undefined)
    if (missing === undefined) throw this.#forgotten(partition, { repeated, tip })
    return { position, rewritten, missing: [...missing, ...unanswered] }
  }

  /**
   * Keeps what stands between what is kept and the barrier of a new reign, and that barrier: an append
   * whose answer was lost, and what others have written. With a hole before the barrier all that is kept
   * would be of no use.
   * @param loss of nothing but barriers: those are kept no longer.
   * @throws LogUnavailable where the log has lost that by now: what is kept is needed then.
   */
  async keepUpTo(partition: Partition, barrier: StreamEntry, loss?: Loss): Promise<void> {
    const { position, previous: last } = barrier
    if (loss !== undefined) {
      this.#kept.replaceAfter(partition, { position: loss.position, entries: [] })
    }
    const cursor = this.#reader.cursorAt(partition, this.#kept.tip(partition) ?? last)
    while (comparePositions(cursor.position, last) < 0) {
      const step = { after: cursor.after, limit: stepEntriesMax }
      const found = await this.#reader.step(partition, step)
      const wanted = found.filter((entry) => comparePositions(entry.position, last) <= 0)
      const { entries, stray, isRewritten } = cursor.take(wanted)
      // The log was trimmed beyond what is kept: the chain begins anew.
      if (stray !== undefined) break
      if (wanted.length === 0) throw this.#endsEarly(partition, position)
      if (isRewritten) this.#kept.startOver(partition, entries, cursor.content)
      else this.#kept.note(partition, entries)
    }
    this.#kept.note(partition, [barrier])
  }

  /** What stands behind a position, if that is nothing but barriers and the first follows it. */
  async #barriersRightAfter(
    partition: Partition,
    position: LogPosition,
  ): Promise<readonly StreamEntry[] | undefined> {
    const barriers: StreamEntry[] = []
    for await (const entry of this.#entriesAfter(partition, position)) {
      const { previous, isBarrier, origins } = entry
      if (!isBarrier || origins.length > 0) return undefined
      if (barriers.length === 0 && comparePositions(previous, position) !== 0) return undefined
      barriers.push(entry)
    }
    return barriers.length === 0 ? undefined : barriers
  }

  /**
   * Writes the missing entries behind the barrier of this reign.
   * @returns them as they stand in the log now.
   * @throws LogUnavailable where that cannot be done now; some of them may be there then.
   */
  async restore(reign: Reign, missing: readonly StreamEntry[]): Promise<readonly StreamEntry[]> {
    const written: StreamEntry[] = []
    let previous: LogPosition = { epoch: reign.epoch, sequence: 1 }
    for (const batch of batchesOf(missing)) {
      const entries = batch.map((entry) => {
        const position = { epoch: reign.epoch, sequence: previous.sequence + 1 }
        const origins = [...entry.origins, entry.position]
        const again = { ...entry, position, previous, origins }
        previous = position
        return again
      })
      await this.#write(reign, entries)
      written.push(...entries)
    }
    return written
  }

  async #write({ partition, node, epoch }: Reign, entries: readonly StreamEntry[]): Promise<void> {
    const { lease, log } = keysOf(this.#cluster, partition)
    const [first] = entries
    if (first === undefined) return
    const args: Argument[] = [
      `${node}:${epoch}`,
      epoch,
      formatPosition(first.previous),
      first.position.sequence,
    ]
    for (const { origins, isBarrier, payload } of entries) {
      const before = origins.map(formatPosition).join(' ')
      const content = isBarrier ? formatPosition(origins[0] as LogPosition) : bufferOf(payload)
      args.push(before, isBarrier ? 'b' : 'd', content)
    }
    const reply = await this.#link.run(scripts.restore, { keys: [lease, log], args })
    const outcome = String((reply as readonly unknown[])[0])
    if (outcome === 'appended' || outcome === 'duplicate') return
    throw new LogUnavailable(
      `Redis has lost entries of partition ${partition}, and they could not be written again: ` +
        `${outcome}.`,
    )
  }

  async *#entriesAfter(partition: Partition, tip: LogPosition): AsyncGenerator<StreamEntry> {
    let after = tip
    // Most logs have lost nothing, which the first entry tells.
    let limit = 1
    for (;;) {
      const entries = await this.#reader.step(partition, { after, limit })
      yield* entries
      const last = entries.at(-1)
      if (last === undefined || entries.length < limit) return
      after = last.position
      limit = stepEntriesMax
    }
  }

  #endsEarly(partition: Partition, position: LogPosition): LogUnavailable {
    return new LogUnavailable(
      `${keysOf(this.#cluster, partition).log}: Redis has lost entries just before ` +
        `${formatPosition(position)}: the lease has to be taken again.`,
    )
  }

  #goneOn(
    partition: Partition,
    { entry, tip }: { entry: StreamEntry; tip: LogPosition },
  ): LogCorrupt {
    return new LogCorrupt(
      `${keysOf(this.#cluster, partition).log}: Redis has lost entries up to ` +
        `${formatPosition(tip)}, and another primary has gone on without them at ` +
        `${formatPosition(entry.position)}: start this process again, so that it reads the log anew.`,
    )
  }

  #forgotten(
    partition: Partition,
    { repeated, tip }: { repeated: LogPosition; tip: LogPosition },
  ): LogUnavailable {
    // Not a reason to end: a new start would go on without them, and nobody would know of the loss.
    return new LogUnavailable(
      `${keysOf(this.#cluster, partition).log}: Redis has lost the entries after ` +
        `${formatPosition(repeated)} up to ${formatPosition(tip)}, and they are too old to be written ` +
        'again from here: stop Redis, and restore a copy that has them. (Shards that start anew go on without.)',
    )
  }
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function* batchesOf(entries: readonly StreamEntry[]): Generator<readonly StreamEntry[]> {
  let batch: StreamEntry[] = []
  let bytes = 0
  for (const entry of entries) {
    batch.push(entry)
    bytes += entry.payload.length
    if (batch.length < restoreEntriesMax && bytes < restoreBytesMax) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
