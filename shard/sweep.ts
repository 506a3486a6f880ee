// What is forgotten by the hour: sessions and uploads that are over, which would be refused anyway, and
// timelines that nobody has read for so long.

import type { ShardState } from './state/shard-state.ts'

/** @param given `idleHours`: how long a timeline is kept unread; `defer`: lets requests in between steps */
export async function sweepState(
  state: ShardState,
  { idleHours, defer }: { idleHours: number; defer(task: () => void): void },
): Promise<void> {
  const { accounts, unattachedMedia, timelines, users } = state
  unattachedMedia.sweep()
  timelines.hour++
  const timelinesSwept = timelines.sweep({ idleHours, users: users.index.indexEnd })
  for (const steps of [accounts.sweep(), timelinesSwept]) {
    for (const _step of steps) await new Promise<void>((resolve) => defer(resolve))
  }
}
