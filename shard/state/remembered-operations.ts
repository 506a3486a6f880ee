// Remembered operations: which client operation ids have taken effect, so that a retry does not.
//
// The window is bounded by time and by number for each partition. Both are counted in log entries
// and their times, never by a clock, so primary, replica and recovery forget at the same entry.

import { operationRememberedMs, operationsRememberedMax } from '../../protocol/limits.ts'

/** Who wanted what, and the key that the client chose for it: the same key may serve two operations. */
type Attempt = {
  /** The operation's wire code. */
  readonly operation: number
  readonly actor: number
  readonly operationId: string
}

/** What an attempt made (the id of it), and when. */
export type RememberedOperation = Attempt & { readonly result: number; readonly timeMs: number }

export class RememberedOperations {
  /** In order of insertion, which is that of the log: the oldest is first. */
  readonly #results = new Map<string, RememberedOperation>()

  /** @param done.result the id of what the operation made */
  remember(done: RememberedOperation): void {
    this.restore(done)
    for (const [key, oldest] of this.#results) {
      const isOld = oldest.timeMs < done.timeMs - operationRememberedMs
      if (!isOld && this.#results.size <= operationsRememberedMax) break
      this.#results.delete(key)
    }
  }

  /** Puts back one of `entries`: in their order, and nothing is forgotten for it. */
  restore(done: RememberedOperation): void {
    const { operation, actor, operationId, result, timeMs } = done
    this.#results.set(keyOf(done), { operation, actor, operationId, result, timeMs })
  }

  /** The id of what the first attempt made, or undefined. */
  resultOf(attempt: Attempt): number | undefined {
    return this.#results.get(keyOf(attempt))?.result
  }

  /** All that is remembered, the oldest first. */
  entries(): Iterable<RememberedOperation> {
    return this.#results.values()
  }
}

function keyOf({ operation, actor, operationId }: Attempt): string {
  return `${operation} ${actor} ${operationId}`
}
