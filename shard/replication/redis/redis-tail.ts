// Follows partitions on Redis: one open question (XREAD BLOCK) for all of them, asked again and again.
//
// On a Redis Cluster a question may be about one slot only, so there each partition has a connection
// of its own. A connection that fails is opened anew and the question goes on from the last position
// that was handed over: nothing is lost and nothing comes twice. A long answer is worked on in slices,
// so that the event loop turns in between.

import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt, LogUnavailable, type Tail, type TailHandlers } from '../log.ts'
import type { LogPosition } from '../position.ts'
import { formatPosition } from '../position.ts'
import { TailSlices } from '../tail-slices.ts'
import { decodeEntry, keysOf, type RawEntry, type StreamEntry } from './redis-codec.ts'
import { blockMs, type Connection, type Connector, reconnectPauseMs } from './redis-connection.ts'
import type { Cursor } from './redis-cursor.ts'
import { type LogReader, streamsOf } from './redis-reading.ts'

/** How many entries are decoded and handed over together. */
const sliceEntries = 128
/**
 * How many entries an answer holds at most, over all streams, and how many of one stream. The client
 * decodes an answer in one piece when it arrives, which this keeps short.
 */
const answerEntriesMax = 1024
const streamEntriesMin = 16
/** Who works on an answer for so long has not come to the end of what there is. */
const longAnswerMs = 30

export type RedisTailOptions = {
  readonly connector: Connector
  readonly reader: LogReader
  readonly cluster: string
  readonly from: ReadonlyMap<Partition, LogPosition>
  readonly handlers: TailHandlers
  /** Hears of all entries before they are handed over. */
  onCommitted(
    partition: Partition,
    taken: { entries: readonly StreamEntry[]; isRewritten: boolean; content: LogPosition },
  ): void
  onClose(): void
}

/** Somebody who asks, and since when what they were answered waits. */
type Asking = { sinceMs: number }

export class RedisTail implements Tail {
  readonly #options: RedisTailOptions
  readonly #cursors: Map<Partition, Cursor>
  readonly #partitions: ReadonlyMap<string, Partition>
  readonly #connections = new Set<Connection>()
  /** Those who ask and have not come to the end of what there is, the longest first. */
  readonly #behind = new Set<Asking>()
  readonly #slices = new TailSlices()
  #isClosed = false

  constructor(options: RedisTailOptions) {
    this.#options = options
    const { from, reader } = options
    const partitions = [...from.keys()]
    this.#cursors = new Map(
      [...from].map(([partition, at]) => [partition, reader.cursorAt(partition, at)]),
    )
    this.#partitions = new Map(
      partitions.map((partition) => [keysOf(options.cluster, partition).log, partition]),
    )
    const keys = [...this.#partitions.keys()]
    const groups = options.connector.isCluster ? keys.map((key) => [key]) : [keys]
    for (const group of groups) if (group.length > 0) this.#start(group)
  }

  position(partition: Partition): LogPosition {
    const cursor = this.#cursors.get(partition)
    if (cursor === undefined) throw new RangeError(`This tail does not follow ${partition}.`)
    return cursor.position
  }

  get behindSinceMs(): number | undefined {
    const [longest] = this.#behind
    return longest?.sinceMs
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const connection of this.#connections) connection.close()
    this.#options.onClose()
  }

  #start(keys: readonly string[]): void {
    // What gets here was thrown by a handler, or is a bug: nobody can go on from it.
    this.#follow(keys).catch((error: unknown) => {
      setImmediate(() => {
        throw error
      })
    })
  }

  /** Asks until closed, over as many connections as it takes. */
  async #follow(keys: readonly string[]): Promise<void> {
    for (let attempt = 0; !this.#isClosed; attempt++) {
      const connection = await this.#connect(keys)
      if (connection !== undefined) {
        const answers = await this.#ask(keys, connection)
        connection.close()
        this.#connections.delete(connection)
        if (answers > 0) attempt = 0
      }
      if (!this.#isClosed) await pause(reconnectPauseMs(attempt), undefined, { ref: false })
    }
  }

  async #connect([key = '']: readonly string[]): Promise<Connection | undefined> {
    try {
      const name = 'rookery-tail'
      const connection = await this.#options.connector.openForBlocking({ name, key })
      if (this.#isClosed) connection.close()
      else this.#connections.add(connection)
      return connection
    } catch {
      // Redis cannot be reached now, which whoever appends is told: a tail has only to try again.
      return undefined
    }
  }

  /** @returns how many answers came before the connection broke or the tail was closed. */
  async #ask(keys: readonly string[], connection: Connection): Promise<number> {
    const asking: Asking = { sinceMs: 0 }
    try {
      for (let answers = 0; ; answers++) {
        if (this.#isClosed) return answers
        const reply = await this.#question(keys, connection)
        if (reply === undefined) return answers
        const answeredMs = performance.now()
        if (!this.#behind.has(asking)) asking.sinceMs = answeredMs
        this.#behind.add(asking)
        if (!(await this.#takeAll(reply))) return answers
        // While it was worked on for long, as much has come again.
        if (performance.now() - answeredMs >= longAnswerMs) continue
        this.#behind.delete(asking)
        this.#slices.rest()
      }
    } finally {
      this.#behind.delete(asking)
    }
  }

  async #question(keys: readonly string[], connection: Connection): Promise<unknown> {
    const share = Math.floor(answerEntriesMax / keys.length)
    const count = Math.max(streamEntriesMin, share)
    const positions = keys.map((key) => formatPosition(this.#cursorOf(key).after))
    try {
      const args = ['COUNT', count, 'BLOCK', blockMs, 'STREAMS', ...keys, ...positions]
      return await connection.call('xread', args)
    } catch (error) {
      if (error instanceof Error && /^(WRONGTYPE|NOPERM)/.test(error.message)) {
        this.#fail(new LogCorrupt(`Redis does not let the log be read: ${error.message}`))
      }
      // Anything else is the connection's: the next one goes on from the same positions.
      return undefined
    }
  }

  /** @returns false where the tail was closed, or could not find out why it cannot go on. */
  async #takeAll(reply: unknown): Promise<boolean> {
    let deadlineMs = this.#slices.begin()
    for (const [key, raws] of streamsOf(reply)) {
      for (let at = 0; at < raws.length; at += sliceEntries) {
        if (this.#isClosed) return false
        if (performance.now() > deadlineMs) {
          this.#slices.end()
          await nextTurn()
          deadlineMs = this.#slices.begin()
          if (this.#isClosed) return false
        }
        const isInOrder = await this.#take(key, raws.slice(at, at + sliceEntries))
        if (!isInOrder) return false
      }
    }
    this.#slices.end()
    return !this.#isClosed
  }

  async #take(key: string, raws: readonly RawEntry[]): Promise<boolean> {
    const partition = this.#partitions.get(key) as Partition
    const cursor = this.#cursorOf(key)
    const decoded = this.#decode(key, raws)
    if (decoded === undefined) return false
    const { entries, stray, isRewritten } = cursor.take(decoded)
    if (entries.length > 0) {
      const { content } = cursor
      this.#options.onCommitted(partition, { entries, isRewritten, content })
      this.#options.handlers.onEntries(partition, entries)
    }
    if (stray === undefined) return true
    try {
      this.#fail(await this.#options.reader.failure(partition, { cursor, stray }))
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      // The question is asked again from the same position and finds the same.
    }
    return false
  }

  #decode(key: string, raws: readonly RawEntry[]): readonly StreamEntry[] | undefined {
    try {
      return raws.map((raw) => decodeEntry(raw, key))
    } catch (error) {
      this.#fail(error as Error)
      return undefined
    }
  }

  #fail(error: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const connection of this.#connections) connection.close()
    this.#options.onClose()
    this.#options.handlers.onError(error)
  }

  #cursorOf(key: string): Cursor {
    return this.#cursors.get(this.#partitions.get(key) as Partition) as Cursor
  }
}
