// Lets the other threads of the process go first, where there are fewer processors than threads: what clients wait for is
// done on the main thread, and a tweet to a million may take some milliseconds longer.
//
// Linux alone has a priority for each thread; elsewhere it would be that of the whole process.

import { constants, getPriority, setPriority } from 'node:os'

/** Steps of niceness: beside a thread that has none, this one gets a quarter of a processor. */
const niceness = 5

/** For the thread that calls it. */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(Math.min(getPriority() + niceness, constants.priority.PRIORITY_LOW))
  } catch {
    // A system that refuses even this: it was a wish.
  }
}
