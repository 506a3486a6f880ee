import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import {
  headKey,
  recordKey,
  trimmedKey,
} from '../../../../../shard/replication/embedded/embedded-codec.ts'
import { EntryStore } from '../../../../../shard/replication/embedded/embedded-entries.ts'
import { OpeningGate } from '../../../../../shard/replication/embedded/embedded-gate.ts'
import { DiskRoom } from '../../../../../shard/replication/embedded/embedded-room.ts'
import type {
  RangeOptions,
  Table,
} from '../../../../../shard/replication/embedded/embedded-table.ts'
import { LogCorrupt } from '../../../../../shard/replication/log.ts'
import { type LogPosition, logStart } from '../../../../../shard/replication/position.ts'
import { temporaryDirectory } from '../../../../helpers/temporary-directory.ts'

type Row = { key: Uint8Array; value: Uint8Array; version: number }

/** A table in memory, whose rows a test may damage. */
class PlainTable implements Table {
  rows: Row[] = []

  getBinary(key: Uint8Array): Uint8Array | undefined {
    return this.getEntry(key)?.value
  }
  getEntry(key: Uint8Array): Row | undefined {
    return this.rows.find((row) => Buffer.compare(row.key, key) === 0)
  }
  getRange(options: RangeOptions): Iterable<Row> {
    const { start, end, inclusiveEnd = false, reverse = false, limit } = options
    const from = reverse ? end : start
    const to = reverse ? start : end
    const found = this.rows.filter(({ key }) => {
      const order = Buffer.compare(key, to)
      return Buffer.compare(key, from) >= 0 && (order < 0 || (order === 0 && inclusiveEnd))
    })
    return (reverse ? found.reverse() : found).slice(0, limit)
  }
  getKeys(options: RangeOptions): Iterable<Uint8Array> {
    return [...this.getRange(options)].map((row) => row.key)
  }
  async put(key: Uint8Array, value: Uint8Array, version = 0): Promise<boolean> {
    await this.remove(key)
    return this.#insert({ key, value, version })
  }
  async remove(key: Uint8Array): Promise<boolean> {
    this.rows = this.rows.filter((row) => Buffer.compare(row.key, key) !== 0)
    return true
  }
  async batch(write: () => void): Promise<boolean> {
    write()
    return true
  }
  async ifVersion(key: Uint8Array, version: number, write: () => void): Promise<boolean> {
    if (this.getEntry(key)?.version !== version) return false
    write()
    return true
  }
  async ifNoExists(key: Uint8Array, write: () => void): Promise<boolean> {
    if (this.getEntry(key) !== undefined) return false
    write()
    return true
  }
  resetReadTxn(): void {
    // Every read sees the latest rows anyway.
  }

  #insert(row: Row): boolean {
    this.rows = [...this.rows, row].sort((left, right) => Buffer.compare(left.key, right.key))
    return true
  }
}

const at = (epoch: number, sequence: number): LogPosition => ({ epoch, sequence })

/** First sequence and number of entries. */
const batches = [
  [1, 1],
  [2, 2],
  [4, 1],
  [5, 1],
] as const

describe('A damaged table', () => {
  let entries: PlainTable
  let positions: PlainTable
  let store: EntryStore

  beforeEach(async () => {
    entries = new PlainTable()
    positions = new PlainTable()
    const gate = new OpeningGate(temporaryDirectory('entries'))
    onTestFinished(() => gate.close())
    const room = new DiskRoom({
      readSpace: () => ({ availableBytes: 2 ** 40, totalBytes: 2 ** 40 }),
      readFreeInside: () => 0,
    })
    store = new EntryStore({ entries, positions, gate, room, path: '/data/log' })
    let previous = logStart
    for (const [sequence, count] of batches) {
      const first = at(1, sequence)
      const payloads = Array.from({ length: count }, () => new Uint8Array([7]))
      const record = { partition: 2, first, previous, payloads, isBarrier: sequence === 1 }
      await store.add(record, store.head(2).version)
      previous = store.head(2).value
    }
  })

  test('is no hindrance as long as it is whole', async () => {
    const found = await store.readMany(2, { after: logStart, limit: 100 })
    expect(found.map((entry) => entry.position.sequence)).toEqual([1, 2, 3, 4, 5])
  })

  test('with a record missing gives what comes before it and then says where the hole is', async () => {
    await entries.remove(recordKey(2, at(1, 4)))
    expect(store.readStep(2, logStart).length).toBe(3)
    expect(() => store.readStep(2, at(1, 3))).toThrow(LogCorrupt)
    expect(() => store.readStep(2, at(1, 3))).toThrow(
      '/data/log, partition 2: after 1-3 comes 1-5, which says that it follows 1-4',
    )
  })

  test('with its last record missing is not taken for a shorter log', async () => {
    await entries.remove(recordKey(2, at(1, 5)))
    expect(() => store.readStep(2, at(1, 4))).toThrow(
      '/data/log, partition 2: the log ends at 1-5, but nothing comes after 1-4',
    )
  })

  test('with a damaged record names its position', async () => {
    const row = entries.getEntry(recordKey(2, at(1, 4))) as Row
    row.value = Buffer.from(row.value).fill(9, row.value.length - 1)
    expect(() => store.readStep(2, at(1, 3))).toThrow(
      '/data/log: the record of partition 2 at 1-4 does not match its checksum.',
    )
  })

  test('with a damaged end refuses to say where the log ends', async () => {
    const row = positions.getEntry(headKey(2)) as Row
    row.value = Buffer.alloc(row.value.length)
    expect(() => store.head(2)).toThrow(LogCorrupt)
  })

  test('keeps the records of a trim that was interrupted out of sight', async () => {
    await store.trim(2, at(1, 3))
    const mark = positions.getEntry(trimmedKey(2)) as Row
    expect(entries.rows.length).toBe(2)
    expect(() => store.readStep(2, at(1, 2))).toThrow(RangeError)
    expect(mark.version).toBe(1)
  })
})
