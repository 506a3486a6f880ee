// The cold store: bodies of tweets on the local disk, for those that have no room in memory.
//
//   put -> waiting -- a block is full --> on its way -- committed --> table (LMDB, one row for each)
//          `------------ `get` finds them here ------------'          and here
//
// A cache, in a directory of this process alone: it begins empty with every start, because snapshots and
// log tell everything anew, and nothing is ever flushed. That also answers all damage: each row
// carries a checksum over the tweet's number and the body, and where one is wrong, or missing, this process
// ends and builds everything anew. A reader never sees what nobody wrote.
//
// A body leaves the memory only when the database has committed it. Where that fails (a full disk, above
// all), what has come so far stays here, no more is taken for a while, and the operator is told.
//
// Blocks are written by the database's own thread. Only where bodies come faster than the event loop
// goes round, as when a snapshot is read, they are written in place: about a millisecond for each block.

import { mkdirSync, rmSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { DiskSpace } from '../replication/embedded/embedded-room.ts'
import { type CacheTable, rootOf } from '../replication/embedded/embedded-table.ts'
import type { ColdBodies } from '../state/tweets/cold-bodies.ts'

/** The part of the memory for bodies that those on their way may take, and its limit. */
const bytesMaxPart = 1 / 16
const bytesMaxLimit = 4 * 1024 * 1024
/** Several blocks are on their way while the next fills up; one costs the event loop a millisecond at most. */
const blockBytesMaxPart = 1 / 4
const blockBytesMaxLimit = 256 * 1024
/** After a failure the disk is left alone for so long. */
const retryAfterMs = 1_000
/**
 * Of the disk, this is left to others. It is several times what the embedded log keeps for itself: there a
 * full disk stops every write, here it only costs memory.
 */
const reserveBytesMax = 256 * 1024 * 1024
const reservePartMax = 1 / 4
/** A commit copies pages of its tree on top of what it adds. */
const growthFactor = 2
const checksumBytes = 4

export type ColdStoreOptions = {
  /** Of this process alone: what is in it is deleted. */
  readonly directory: string
  /** The memory for all bodies; of this the store takes a small part. */
  readonly cacheBytes: number
  open(directory: string): CacheTable
  readSpace(directory: string): DiskSpace
  /** Milliseconds that only ever go forward. */
  now(): number
  onError(error: unknown, message: string): void
  /** A body is lost: this process must end, and recover. */
  onFatal(error: Error): void
}

type Row = {
  readonly tweet: number
  /** The body and its checksum. */
  readonly bytes: Buffer
  isOnItsWay: boolean
}

export class ColdStore implements ColdBodies {
  readonly bytesMax: number
  readonly #options: ColdStoreOptions
  readonly #blockBytesMax: number
  /** Rows that are not committed yet, at most about `bytesMax` of them. */
  readonly #rows = new Map<number, Row>()
  /** Those of them that nobody writes yet, oldest first; some may have been deleted since. */
  #waiting: Row[] = []
  #bytes = 0
  #bytesOnTheirWay = 0
  #failedAtMs = Number.NEGATIVE_INFINITY
  /** Opened with the first block: most processes never need one. */
  #table: CacheTable | undefined
  #isClosed = false

  constructor(options: ColdStoreOptions) {
    this.#options = options
    this.bytesMax = Math.min(Math.floor(options.cacheBytes * bytesMaxPart), bytesMaxLimit)
    this.#blockBytesMax = Math.min(this.bytesMax * blockBytesMaxPart, blockBytesMaxLimit)
    this.#removeDirectory()
  }

  get bytes(): number {
    return this.#bytes
  }

  put(tweet: number, body: Uint8Array): boolean {
    if (this.#isClosed) return false
    if (this.#bytes >= this.bytesMax) {
      this.#write()
      if (this.#bytes >= this.bytesMax) return false
    }
    const row = { tweet, bytes: rowBytes(tweet, body), isOnItsWay: false }
    this.#rows.set(tweet, row)
    this.#waiting.push(row)
    this.#bytes += row.bytes.length
    if (this.#bytes - this.#bytesOnTheirWay >= this.#blockBytesMax) this.#write()
    return true
  }

  get(tweet: number): Uint8Array {
    const row = this.#rows.get(tweet)?.bytes ?? this.#read(tweet)
    if (row !== undefined && row.length >= checksumBytes) {
      const body = row.subarray(0, row.length - checksumBytes)
      if (row.readUInt32LE(body.length) === crc32(body, tweet)) return body
    }
    const found = row === undefined ? 'is not there' : 'is damaged'
    const error = new Error(`${this.#options.directory}: the body of tweet ${tweet} ${found}`)
    this.#options.onFatal(error)
    throw error
  }

  delete(tweet: number): void {
    const row = this.#rows.get(tweet)
    if (row !== undefined) {
      this.#rows.delete(tweet)
      this.#bytes -= row.bytes.length
      if (row.isOnItsWay) this.#bytesOnTheirWay -= row.bytes.length
    }
    const isWritten = row === undefined || row.isOnItsWay
    if (isWritten && this.#table !== undefined) void this.#remove(this.#table, tweet)
  }

  /** Ends all writing and deletes the directory. Nothing may be read any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#table?.close()
    this.#removeDirectory()
  }

  #read(tweet: number): Buffer | undefined {
    const bytes = this.#table?.getBinary(keyOf(tweet))
    return bytes === undefined
      ? undefined
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Writes all that waits as one block, unless that failed a moment ago. */
  #write(): void {
    if (this.#options.now() - this.#failedAtMs < retryAfterMs) return
    const rows = this.#waiting.filter((row) => this.#rows.get(row.tweet) === row)
    this.#waiting = []
    if (rows.length === 0) return
    const bytes = rows.reduce((sum, row) => sum + row.bytes.length, 0)
    try {
      this.#table ??= this.#openTable()
      this.#checkRoom(bytes)
      const isFlood = this.#bytesOnTheirWay + bytes > this.bytesMax / 2
      if (isFlood && this.#bytesOnTheirWay > 0) this.#writeInPlace(this.#table, rows)
      else void this.#writeBeside(this.#table, rows, bytes)
    } catch (error) {
      this.#failed(rows, error)
    }
  }

  #writeInPlace(table: CacheTable, rows: readonly Row[]): void {
    table.transactionSync(() => {
      for (const { tweet, bytes } of rows) table.putSync(keyOf(tweet), bytes)
    })
    this.#written(table, rows)
  }

  async #writeBeside(table: CacheTable, rows: readonly Row[], bytes: number): Promise<void> {
    for (const row of rows) row.isOnItsWay = true
    this.#bytesOnTheirWay += bytes
    try {
      await table.batch(() => {
        for (const row of rows) void table.put(keyOf(row.tweet), row.bytes)
      })
    } catch (error) {
      this.#failed(this.#arrived(rows), await rootOf(error))
      return
    }
    this.#written(table, this.#arrived(rows))
  }

  /** Those of the rows that nobody has deleted on their way. */
  #arrived(rows: readonly Row[]): Row[] {
    const left = rows.filter((row) => this.#rows.get(row.tweet) === row)
    for (const row of left) {
      row.isOnItsWay = false
      this.#bytesOnTheirWay -= row.bytes.length
    }
    return left
  }

  #written(table: CacheTable, rows: readonly Row[]): void {
    for (const row of rows) {
      this.#rows.delete(row.tweet)
      this.#bytes -= row.bytes.length
    }
    // What was read before in this turn belongs to a view of the table without these rows.
    table.resetReadTxn()
  }

  #failed(rows: readonly Row[], error: unknown): void {
    this.#waiting = [...rows, ...this.#waiting]
    this.#failedAtMs = this.#options.now()
    this.#options.onError(error, 'tweet bodies cannot go to the disk: they stay in memory')
  }

  /** Where it fails the row stays, takes room on the disk until the next start, and is never read. */
  async #remove(table: CacheTable, tweet: number): Promise<void> {
    try {
      this.#checkRoom(0)
      await table.remove(keyOf(tweet))
    } catch (error) {
      const message = 'a deleted tweet body stays on the disk until the next start'
      this.#options.onError(await rootOf(error), message)
    }
  }

  /** Where it fails, what is there takes room on the disk for nothing, until the next attempt. */
  #removeDirectory(): void {
    const { directory, onError } = this.#options
    try {
      rmSync(directory, { recursive: true, force: true })
    } catch (error) {
      onError(error, 'the directory of tweet bodies cannot be removed')
    }
  }

  #openTable(): CacheTable {
    const { directory, open } = this.#options
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory, { recursive: true })
    this.#checkRoom(0)
    return open(directory)
  }

  /**
   * Refuses before the disk is full: the database does not stand a write that fails.
   * @throws Error where so many bytes more could take from the reserve
   */
  #checkRoom(bytes: number): void {
    const { directory, readSpace } = this.#options
    const { availableBytes, totalBytes } = readSpace(directory)
    const reserveBytes = Math.min(reserveBytesMax, Math.floor(totalBytes * reservePartMax))
    if (availableBytes - bytes * growthFactor >= reserveBytes) return
    throw new Error(
      `The disk of ${directory} has ${availableBytes} bytes left, of which ${reserveBytes} are kept for others: make room on the disk.`,
    )
  }
}

function rowBytes(tweet: number, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(body.length + checksumBytes)
  bytes.set(body)
  bytes.writeUInt32LE(crc32(body, tweet), body.length)
  return bytes
}

/** Big-endian, so that rows come in the order of their keys. */
function keyOf(tweet: number): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(tweet)
  return key
}
