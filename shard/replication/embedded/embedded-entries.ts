// The entries of all partitions in the embedded log's tables: finding, checking, adding, trimming.
//
// `entries` holds one record for each append. `positions` holds, for each partition, where its log
// ends and up to where it was trimmed. The row of the end is the gate of every append: it is
// replaced, on condition that nobody else did, in the transaction that adds the record.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt, type LogEntry, LogUnavailable } from '../log.ts'
import { follows, holeAfter, trimmedAway } from '../log-rules.ts'
import { comparePositions, formatPosition, type LogPosition, logStart } from '../position.ts'
import {
  type BatchRecord,
  decodePositionRow,
  decodeRecord,
  encodePositionRow,
  encodeRecord,
  endOfPartition,
  epochMax,
  headKey,
  positionOfKey,
  probeKey,
  recordKey,
  sequenceMax,
  trimmedKey,
} from './embedded-codec.ts'
import type { OpeningGate } from './embedded-gate.ts'
import type { DiskRoom } from './embedded-room.ts'
import { reading, replaceRow, type Table, unavailable, type Versioned } from './embedded-table.ts'

/** How much one step of reading takes at most, but always one record. */
const stepEntriesMax = 1024
const stepBytesMax = 256 * 1024
/** How many records one transaction of a trim removes. */
const trimRecordsMax = 256
/** How often a write starts over because another process wrote the same row in between. */
export const conflictsMax = 16

export class EntryStore {
  readonly #entries: Table
  readonly #positions: Table
  readonly #gate: OpeningGate
  readonly #room: DiskRoom
  #isClosed = false
  /** The path of the log, for messages. */
  readonly path: string

  constructor(options: {
    entries: Table
    positions: Table
    gate: OpeningGate
    room: DiskRoom
    path: string
  }) {
    this.#entries = options.entries
    this.#positions = options.positions
    this.#gate = options.gate
    this.#room = options.room
    this.path = options.path
  }

  /** Lets the following reads see everything that is committed now, by any process. */
  refresh(): void {
    this.#positions.resetReadTxn()
  }

  /** Ends the reads that are under way. The tables may be closed then. */
  close(): void {
    this.#isClosed = true
  }

  /** Where the log of this partition ends. */
  head(partition: Partition): Versioned<LogPosition> {
    return this.#positionRow(headKey(partition))
  }

  /** Up to where the log of this partition was trimmed. */
  trimmed(partition: Partition): Versioned<LogPosition> {
    return this.#positionRow(trimmedKey(partition))
  }

  /** @throws LogCorrupt where entries are there, but not the row that says where they end. */
  checkEnd(partition: Partition): void {
    if (this.head(partition).version !== undefined) return
    const range = { start: recordKey(partition, logStart), end: endOfPartition(partition) }
    for (const { key } of this.#entries.getRange({ ...range, limit: 1 })) {
      const first = formatPosition(positionOfKey(key))
      throw new LogCorrupt(
        `${this.path}, partition ${partition}: there are entries from ${first} on, but the row ` +
          'that says where they end is missing.',
      )
    }
  }

  /**
   * Some of the entries after a position: at least one where there is one, not more than a slice
   * of the event loop can bear.
   * @throws RangeError where the position was trimmed, LogCorrupt where the log has a hole or a
   * damaged record there.
   */
  readStep(partition: Partition, after: LogPosition): LogEntry[] {
    return reading(this.path, () => {
      const trimmed = this.trimmed(partition).value
      if (comparePositions(after, trimmed) < 0) throw trimmedAway(partition, { after, trimmed })
      if (comparePositions(after, this.head(partition).value) >= 0) return []
      const { entries, stray } = this.#wholeBatches(partition, after)
      if (entries.length > 0) return entries
      const rest = this.#restOfBatch(partition, after)
      if (rest.length > 0) return rest
      throw this.#hole(partition, { after, stray })
    })
  }

  /** All entries after a position, up to a limit, with a pause for other work between steps. */
  async readMany(
    partition: Partition,
    { after, limit }: { after: LogPosition; limit: number },
  ): Promise<LogEntry[]> {
    const found: LogEntry[] = []
    let last = after
    while (found.length < limit) {
      this.refresh()
      const step = this.readStep(partition, last)
      const end = step.at(-1)
      if (end === undefined) break
      for (const entry of step) found.push(entry)
      last = end.position
      if (found.length >= limit) break
      await nextTurn()
      // The tables may be closed since: to look into them would end the process.
      if (this.#isClosed) throw new LogUnavailable('This replication log was closed.')
    }
    found.length = Math.min(found.length, limit)
    return found
  }

  /**
   * Adds a batch behind the end that `readVersion` belongs to.
   * @returns false where the log no longer ends there; nothing was written then.
   */
  async add(record: BatchRecord, readVersion: number | undefined): Promise<boolean> {
    const { partition, first, payloads } = record
    const last = { epoch: first.epoch, sequence: first.sequence + payloads.length - 1 }
    if (last.epoch > epochMax || last.sequence > sequenceMax) {
      throw new RangeError(`The position ${formatPosition(last)} is beyond what this log can hold.`)
    }
    const key = recordKey(partition, first)
    const bytes = encodeRecord(key, record)
    this.#room.checkForEntries(bytes.length)
    const head = headKey(partition)
    const value = encodePositionRow(head, last)
    return this.#gate.whileNobodyOpens(() =>
      replaceRow(this.#positions, { key: head, value, readVersion }, () => {
        this.#entries.put(key, bytes)
      }),
    )
  }

  /** Writes a row for nothing but to learn that everything before it is on the disk. */
  async flush(): Promise<void> {
    this.#room.checkForCommit()
    const token = Buffer.from(String(process.pid))
    await this.#gate.whileNobodyOpens(() =>
      this.#positions.put(probeKey, token, 1).catch(unavailable),
    )
    this.refresh()
    if (this.#positions.getBinary(probeKey) === undefined) {
      throw new LogUnavailable(`${this.path}: what was just written cannot be read.`)
    }
  }

  /**
   * Removes entries up to a position. The last entry of a log always stays, so that its end is
   * known. First the mark moves, then the records go: a reader that comes in between, or after a
   * crash in between, is told that they were trimmed.
   */
  async trim(partition: Partition, upTo: LogPosition): Promise<void> {
    this.#room.checkForCommit()
    const mark = await this.#moveMark(partition, upTo)
    for (;;) {
      this.refresh()
      const range = {
        start: recordKey(partition, logStart),
        end: recordKey(partition, mark),
        inclusiveEnd: true,
        limit: trimRecordsMax,
      }
      const keys = [...this.#entries.getKeys(range)]
      const last = keys.at(-1)
      if (last !== undefined && comparePositions(this.#endOfRecord(last), mark) > 0) keys.pop()
      if (keys.length === 0) return
      await this.#gate.whileNobodyOpens(() => this.#remove(keys))
    }
  }

  async #remove(keys: readonly Uint8Array[]): Promise<void> {
    this.#room.checkForCommit()
    const removal = this.#entries.batch(() => {
      for (const key of keys) this.#entries.remove(key)
    })
    await removal.catch(unavailable)
  }

  /** @returns the mark as it stands now, which may be behind or beyond `upTo`. */
  async #moveMark(partition: Partition, upTo: LogPosition): Promise<LogPosition> {
    for (let attempt = 0; attempt < conflictsMax; attempt++) {
      this.refresh()
      const trimmed = this.trimmed(partition)
      const target = this.#lastUpTo(partition, upTo)
      if (comparePositions(target, trimmed.value) <= 0) return trimmed.value
      const key = trimmedKey(partition)
      const value = encodePositionRow(key, target)
      const row = { key, value, readVersion: trimmed.version }
      const write = (): Promise<boolean> => replaceRow(this.#positions, row)
      if (await this.#gate.whileNobodyOpens(write)) return target
    }
    throw new LogUnavailable(`${this.path}: others keep trimming partition ${partition}.`)
  }

  /** The position of the last entry that is not after `upTo` and not the last of the log. */
  #lastUpTo(partition: Partition, upTo: LogPosition): LogPosition {
    const batch = this.#batchAt(partition, upTo)
    const head = this.head(partition).value
    const last = batch?.findLast((entry) => comparePositions(entry.position, upTo) <= 0)
    if (last === undefined) return logStart
    return comparePositions(last.position, head) < 0 ? last.position : last.previous
  }

  /** The batch that holds this position, or else the last one before it. */
  #batchAt(partition: Partition, position: LogPosition): LogEntry[] | undefined {
    const start = recordKey(partition, position)
    const end = recordKey(partition, logStart)
    const range = { start, end, inclusiveEnd: true, reverse: true, limit: 1 }
    for (const { key, value } of this.#entries.getRange(range)) return this.#decode(key, value)
    return undefined
  }

  /** The batches after a position, up to one that does not follow: that one is the stray. */
  #wholeBatches(
    partition: Partition,
    after: LogPosition,
  ): { entries: LogEntry[]; stray: LogEntry | undefined } {
    const entries: LogEntry[] = []
    let bytes = 0
    let last = after
    const start = recordKey(partition, { epoch: after.epoch, sequence: after.sequence + 1 })
    for (const row of this.#entries.getRange({ start, end: endOfPartition(partition) })) {
      for (const entry of this.#decode(row.key, row.value)) {
        if (!follows(entry, last)) return { entries, stray: entry }
        entries.push(entry)
        last = entry.position
      }
      bytes += row.value.length
      if (entries.length >= stepEntriesMax || bytes >= stepBytesMax) break
    }
    return { entries, stray: undefined }
  }

  /** The entries behind `after` in its own batch: none where it ends a batch. */
  #restOfBatch(partition: Partition, after: LogPosition): LogEntry[] {
    const batch = this.#batchAt(partition, after) ?? []
    const isInside = batch.some((entry) => comparePositions(entry.position, after) === 0)
    return isInside ? batch.filter((entry) => comparePositions(entry.position, after) > 0) : []
  }

  #hole(
    partition: Partition,
    { after, stray }: { after: LogPosition; stray: LogEntry | undefined },
  ): LogCorrupt {
    const where = `${this.path}, partition ${partition}`
    if (stray !== undefined) return holeAfter(where, { after, found: stray })
    const end = formatPosition(this.head(partition).value)
    return new LogCorrupt(
      `${where}: the log ends at ${end}, but nothing comes after ${formatPosition(after)}: ` +
        'entries are missing.',
    )
  }

  #endOfRecord(key: Uint8Array): LogPosition {
    const value = this.#entries.getBinary(key)
    const entries = value === undefined ? [] : this.#decode(key, value)
    return entries.at(-1)?.position ?? positionOfKey(key)
  }

  #decode(key: Uint8Array, value: Uint8Array): LogEntry[] {
    return decodeRecord(key, value, this.path)
  }

  #positionRow(key: Buffer): Versioned<LogPosition> {
    const row = this.#positions.getEntry(key)
    if (row === undefined) return { value: logStart, version: undefined }
    return { value: decodePositionRow(key, row.value, this.path), version: row.version }
  }
}
