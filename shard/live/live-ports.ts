// What Live needs of the process around it.

import type { Partition } from '../../protocol/ids.ts'
import type { Defer } from './live-turns.ts'

/** When things are told later, who tells the end of a session, and operators of a bug. */
export type LivePorts = {
  /** Whether this is the shard that tells first, of several that see the end of a session in the log. */
  isServing(partition: Partition): boolean
  /** Runs a task in another turn of the event loop. */
  readonly defer: Defer
  /** Runs a task after so many milliseconds. */
  later(task: () => void, afterMs: number): void
  onError(error: unknown, message: string): void
}

/** After this, whoever ended a session has had the answer. */
export const sessionEndToldAfterMs = 1_000
/** How long deletions gather before those who show the tweets are looked for again. */
export const deletionsRestMs = 100

/** Where there is no other shard, and everything happens at once. */
export const alone: LivePorts = {
  isServing: () => true,
  defer: (task) => task(),
  later: (task) => task(),
  onError: (error) => {
    throw error
  },
}
