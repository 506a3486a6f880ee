// Reads the log of one partition on Redis, some entries at a time.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Partition } from '../../../protocol/ids.ts'
import { type LogEntry, LogUnavailable } from '../log.ts'
import type { LogPosition } from '../position.ts'
import { formatPosition } from '../position.ts'
import {
  decodeEntry,
  keysOf,
  parseOptionalPosition,
  type RawEntry,
  type StreamEntry,
} from './redis-codec.ts'
import { Cursor } from './redis-cursor.ts'
import type { KeptEntries } from './redis-kept.ts'
import type { Link } from './redis-link.ts'

/** How many entries one command asks for. */
export const stepEntriesMax = 512

export class LogReader {
  readonly #link: Link
  readonly #cluster: string
  readonly #kept: KeptEntries

  constructor({ link, cluster, kept }: { link: Link; cluster: string; kept: KeptEntries }) {
    this.#link = link
    this.#cluster = cluster
    this.#kept = kept
  }

  /** The place of a reader who has everything up to a position. */
  cursorAt(partition: Partition, position: LogPosition): Cursor {
    return new Cursor(position, this.#kept.contentUpTo(partition, position))
  }

  async head(partition: Partition): Promise<LogPosition> {
    const { log } = keysOf(this.#cluster, partition)
    const reply = await this.#link.call('xrevrange', [log, '+', '-', 'COUNT', 1])
    const newest = (reply as readonly RawEntry[])[0]
    return parseOptionalPosition(newest?.[0] ?? null)
  }

  async trimmed(partition: Partition): Promise<LogPosition> {
    const { trimmed } = keysOf(this.#cluster, partition)
    return parseOptionalPosition(await this.#link.call('get', [trimmed]))
  }

  /** What stands in the log after a position, as it is. */
  async step(
    partition: Partition,
    { after, limit }: { after: LogPosition; limit: number },
  ): Promise<readonly StreamEntry[]> {
    const { log } = keysOf(this.#cluster, partition)
    const start = `(${formatPosition(after)}`
    const reply = await this.#link.call('xrange', [log, start, '+', 'COUNT', limit])
    return (reply as readonly RawEntry[]).map((raw) => decodeEntry(raw, log))
  }

  /**
   * Up to `limit` entries after a position, without a hole.
   * @throws RangeError where the position was trimmed, LogCorrupt where the log has a hole there.
   */
  async read(
    partition: Partition,
    { after, limit }: { after: LogPosition; limit: number },
  ): Promise<readonly LogEntry[]> {
    const cursor = this.cursorAt(partition, after)
    const found: LogEntry[] = []
    while (found.length < limit) {
      const step = Math.min(stepEntriesMax, limit - found.length)
      const entries = await this.step(partition, { after: cursor.after, limit: step })
      const taken = cursor.take(entries)
      if (taken.stray !== undefined) throw await this.failure(partition, { cursor, ...taken })
      for (const entry of taken.entries) found.push(entry)
      if (entries.length < step) break
      await nextTurn()
    }
    if (found.length === 0 && cursor.isBehind) {
      throw new LogUnavailable(
        `The log of partition ${partition} has lost entries and is being written again: ask later.`,
      )
    }
    return found.slice(0, limit)
  }

  /** Why a reader cannot go on with an entry. */
  async failure(
    partition: Partition,
    { cursor, stray }: { cursor: Cursor; stray: StreamEntry | undefined },
  ): Promise<Error> {
    const key = keysOf(this.#cluster, partition).log
    const trimmed = await this.trimmed(partition)
    return cursor.failure(stray as StreamEntry, { key, partition, trimmed })
  }
}

/** The entries of each stream in an answer to XREAD, which is nothing where there is nothing new. */
export function streamsOf(reply: unknown): readonly (readonly [string, readonly RawEntry[]])[] {
  if (reply === null) return []
  const streams = reply as readonly (readonly [Buffer, readonly RawEntry[]])[]
  return streams.map(([key, entries]) => [key.toString(), entries])
}
