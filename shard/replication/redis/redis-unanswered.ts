// Appends that Redis did not answer: each of them may stand in the log or not.
//
// Nobody was told that they are there, and still a reader may have seen them before Redis lost the end of
// the log. Whoever asked for them writes them again with what else is missing (redis-restore.ts), as long as
// nobody has gone on without them; their outcome is unknown either way, and so nothing said before
// becomes wrong.

import type { Partition } from '../../../protocol/ids.ts'
import type { AppendRequest } from '../log.ts'
import { comparePositions, type LogPosition } from '../position.ts'
import type { StreamEntry } from './redis-codec.ts'

/** The last unanswered append of each partition: there is never more than one in flight. */
export class UnansweredAppends {
  readonly #entries = new Map<Partition, readonly StreamEntry[]>()

  note(request: AppendRequest): void {
    this.#entries.set(request.partition, entriesOf(request))
  }

  /** An append was answered, or whether this one is there was found out in the log. */
  forget(partition: Partition): void {
    this.#entries.delete(partition)
  }

  /** What may have stood right behind a position; empty where nothing may. */
  after(partition: Partition, position: LogPosition): readonly StreamEntry[] {
    const entries = this.#entries.get(partition) ?? []
    const [first] = entries
    const isNext = first !== undefined && comparePositions(first.previous, position) === 0
    return isNext ? entries : []
  }
}

/** The entries of an append, with a copy of their bytes: the caller may use those again. */
export function entriesOf({ epoch, previous, payloads }: AppendRequest): readonly StreamEntry[] {
  const copy = Buffer.concat(payloads)
  let last = previous
  let at = 0
  return payloads.map(({ length }) => {
    const position = { epoch, sequence: last.sequence + 1 }
    const payload = copy.subarray(at, at + length)
    const entry = { position, previous: last, payload, isBarrier: false, origins: [] }
    last = position
    at += length
    return entry
  })
}
