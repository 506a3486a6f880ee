// Long work of a process that serves others: a step in each turn of the event loop.

import { setImmediate as nextTurn } from 'node:timers/promises'

/** @returns what the steps come to at their end */
export async function inTurns<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await nextTurn()
  }
}
