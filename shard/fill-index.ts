// Makes what comes searchable from now on, and what was recovered in steps between requests.
//
// A process that has just come has much to do: it catches up with the logs, and others hand partitions over to it.
// So after a turn of the event loop in which there was other work it rests, several times as long as that took;
// where there is none it goes on at once.

import { mayRead } from './operations/visibility.ts'
import type { ShardState } from './state/shard-state.ts'

/** A rest for each millisecond of others' work. */
const restFactor = 8
/** A rest at most, so that it comes to an end on a process that is never idle. */
const restMsMax = 50
/** Turns that take less are idle ones. */
const idleTurnMs = 0.2

/** @param ports `isOver`: asked after each step, so that a process that ends need not finish */
export async function fillIndex(
  state: ShardState,
  ports: {
    defer(task: () => void): void
    pause(ms: number): Promise<void>
    monotonicNow(): number
    isOver(): boolean
  },
): Promise<void> {
  state.index.switchOn()
  const isPublic = (tweet: number): boolean => mayRead(state, { reader: -1, tweet })
  for (const _step of state.index.fill(isPublic)) {
    const startedAtMs = ports.monotonicNow()
    await new Promise<void>((resolve) => ports.defer(resolve))
    const turnMs = ports.monotonicNow() - startedAtMs
    if (turnMs > idleTurnMs) await ports.pause(Math.min(restMsMax, turnMs * restFactor))
    if (ports.isOver()) return
  }
}
