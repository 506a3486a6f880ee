// Remembered operations: which client operation ids have taken effect, so that a retry does not.
//
// The window is bounded by time and by number for each partition. Both are counted in log entries
// and their times, never by a clock, so primary, replica and recovery forget at the same entry.

import { operationRememberedMs, operationsRememberedMax } from '../../protocol/limits.ts'

type Remembered = { readonly result: number; readonly timeMs: number }

export class RememberedOperations {
  /** In order of insertion, which is that of the log: the oldest is first. */
  readonly #results = new Map<string, Remembered>()

  /** @param result the id of what the operation made */
  remember(operation: {
    actor: number
    operationId: string
    result: number
    timeMs: number
  }): void {
    const { result, timeMs } = operation
    this.#results.set(keyOf(operation.actor, operation.operationId), { result, timeMs })
    for (const [key, oldest] of this.#results) {
      const isOld = oldest.timeMs < timeMs - operationRememberedMs
      if (!isOld && this.#results.size <= operationsRememberedMax) break
      this.#results.delete(key)
    }
  }

  /** The id of what the first attempt made, or undefined. */
  resultOf(actor: number, operationId: string): number | undefined {
    return this.#results.get(keyOf(actor, operationId))?.result
  }
}

function keyOf(actor: number, operationId: string): string {
  return `${actor} ${operationId}`
}
