// Makes what comes searchable from now on, and what was recovered in steps between requests.

import { mayRead } from './operations/visibility.ts'
import type { ShardState } from './state/shard-state.ts'

/** @param ports `isOver`: asked after each step, so that a process that ends need not finish */
export async function fillIndex(
  state: ShardState,
  ports: { defer(task: () => void): void; isOver(): boolean },
): Promise<void> {
  state.index.switchOn()
  const isPublic = (tweet: number): boolean => mayRead(state, { reader: -1, tweet })
  for (const _step of state.index.fill(isPublic)) {
    await new Promise<void>((resolve) => ports.defer(resolve))
    if (ports.isOver()) return
  }
}
