// A reader's place in the log of one partition on Redis, also where Redis has lost a part of it.
//
// A failover, or a server that comes back with a torn file, may take the end of a log away. Its
// primary still knows those entries and writes them again behind a new barrier, each with the
// position it had before (redis-restore.ts). The log then holds them once, but a reader may have had
// some of them before they were lost:
//
//   reader            … 5-79  5-80  5-81  5-82
//   log on Redis      … 5-79  5-80 | 6-1 barrier, after 5-80 | 6-2 was 5-81 | 6-3 was 5-82 | 6-4 was 5-83 | 7-1 …
//
// The reader at 5-82 is told nothing until the log is past what it has: then it gets one barrier at
// 6-3 that follows its own 5-82, and 6-4 as the next entry. So it sees one log without a hole, and
// each entry once. A position in the middle of what was written again is never handed over to it.
//
// Where the log goes on without something that the reader had, nobody knew it any more when the log
// was taken over. That reader has more than the log, and is told to start over. A bare barrier is nothing
// that could be missed: it may be lost with a lease that nobody was told of. So what has to be repeated is
// the last entry that is none.

import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt } from '../log.ts'
import { holeAfter, trimmedAway } from '../log-rules.ts'
import { comparePositions, formatPosition, type LogPosition } from '../position.ts'
import type { StreamEntry } from './redis-codec.ts'

export type Taken = {
  /** To be handed over, in order. */
  readonly entries: readonly StreamEntry[]
  /** The entry that does not go on from here, if there was one. */
  readonly stray: StreamEntry | undefined
  /** Whether the first entry stands for a part of the log that was lost and written again. */
  readonly isRewritten: boolean
}

export class Cursor {
  #position: LogPosition
  #content: LogPosition
  /** While the log repeats what the reader has: the last entry passed over. */
  #passed: LogPosition | undefined
  /** Then also: how far the repetition has come, in the reader's own positions. */
  #repeated: LogPosition | undefined
  /** And what the content will be, in the positions of the log as it is now. */
  #passedContent: LogPosition | undefined

  /** @param content the last entry up to `position` that is no barrier, where that is known. */
  constructor(position: LogPosition, content = position) {
    this.#position = position
    this.#content = content
  }

  /** The last position handed over. */
  get position(): LogPosition {
    return this.#position
  }

  /** The last entry up to there that is no barrier; or a later one, where that is not known. */
  get content(): LogPosition {
    return this.#content
  }

  /** The position to read on from. */
  get after(): LogPosition {
    return this.#passed ?? this.#position
  }

  /** Whether the log has gone back and has not yet come to where the reader is. */
  get isBehind(): boolean {
    return this.#passed !== undefined
  }

  /** Takes what was read from after `after`, in order. */
  take(found: readonly StreamEntry[]): Taken {
    const entries: StreamEntry[] = []
    let isRewritten = false
    for (const entry of found) {
      if (this.#passed === undefined && goesOn(entry, this.#position)) {
        entries.push(entry)
        this.#position = entry.position
        if (!entry.isBarrier) this.#content = entry.position
        continue
      }
      if (!this.#passOver(entry)) {
        const isRepetition = this.#passed !== undefined && this.#isAllRepeated()
        if (!isRepetition) return { entries, stray: entry, isRewritten }
        // Behind the repetition comes this one, which is new.
        entries.push(this.#rejoin(this.#passed as LogPosition), entry)
        this.#position = entry.position
        if (!entry.isBarrier) this.#content = entry.position
        isRewritten = true
      } else if (this.#isAllRepeated()) {
        entries.push(this.#rejoin(entry.position))
        isRewritten = true
      }
    }
    return { entries, stray: undefined, isRewritten }
  }

  /** @returns false where this entry does not belong to a repetition of what the reader has. */
  #passOver(entry: StreamEntry): boolean {
    const { position, previous, isBarrier, origins } = entry
    if (isBarrier && position.sequence === 1) {
      const isNewer = position.epoch > this.after.epoch
      if (!isNewer || comparePositions(previous, this.after) > 0) return false
      if (comparePositions(previous, this.after) < 0) {
        // The log has gone back, maybe once more than before.
        if (comparePositions(previous, this.#position) < 0) this.#repeated = previous
        const content = this.#passedContent ?? this.#content
        this.#passedContent = comparePositions(previous, content) < 0 ? previous : content
      }
      this.#passed = position
      return true
    }
    if (this.#passed === undefined || comparePositions(previous, this.#passed) !== 0) return false
    const origin = originFor(origins, this.#position)
    if (origin === undefined && isBarrier) {
      // The barrier of a reign that the reader never heard of, and that was lost as well.
      this.#passed = position
      return true
    }
    if (origin === undefined || comparePositions(origin, this.#position) > 0) {
      // All of a repetition is in order: the reader has everything before this one.
      if (origin !== undefined) this.#repeated = this.#position
      return false
    }
    this.#repeated = origin
    this.#passed = position
    if (!isBarrier) this.#passedContent = position
    return true
  }

  #isAllRepeated(): boolean {
    if (this.#repeated === undefined) return false
    return comparePositions(this.#repeated, this.#content) >= 0
  }

  #rejoin(at: LogPosition): StreamEntry {
    const previous = this.#position
    this.#position = at
    this.#content = this.#passedContent ?? at
    this.#passed = undefined
    this.#repeated = undefined
    this.#passedContent = undefined
    return { position: at, previous, payload: new Uint8Array(0), isBarrier: true, origins: [] }
  }

  /** Why a reader cannot go on with this entry. @param trimmed up to where the log was trimmed. */
  failure(
    stray: StreamEntry,
    { key, partition, trimmed }: { key: string; partition: Partition; trimmed: LogPosition },
  ): Error {
    if (comparePositions(this.#position, trimmed) < 0) {
      return trimmedAway(partition, { after: this.#position, trimmed })
    }
    if (this.#passed === undefined) {
      return holeAfter(key, { after: this.#position, found: stray })
    }
    return new LogCorrupt(
      `${key}: Redis has lost entries up to ${formatPosition(this.#position)}, which were read ` +
        `here, and goes on at ${formatPosition(stray.position)} without them: start this process ` +
        'again, so that it reads the log anew.',
    )
  }
}

/** Where an entry was in the history that `position` belongs to: the newest origin not of a later epoch. */
export function originFor(
  origins: readonly LogPosition[],
  position: LogPosition,
): LogPosition | undefined {
  return origins.findLast((origin) => origin.epoch <= position.epoch)
}

/**
 * Whether `entry` is the one after `position`. A barrier that was written again stands among the
 * entries of a later reign, where it counts as one of them.
 */
function goesOn({ position, previous }: StreamEntry, last: LogPosition): boolean {
  if (comparePositions(previous, last) !== 0) return false
  if (position.sequence === 1) return position.epoch > last.epoch
  return position.epoch === last.epoch && position.sequence === last.sequence + 1
}
