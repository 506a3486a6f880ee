// Work of a process that has just come, beside others of the same machine who serve: they go first.
//
// Replaying the logs takes a whole processor for seconds. Where the machine has none to spare, those who answer
// clients meanwhile would share theirs; a niceness above theirs gives the replay what they leave. It is given back at the
// end, which only some processes may do (root, CAP_SYS_NICE, or a limit that allows it): who may not, does not begin.

import { constants, getPriority, setPriority } from 'node:os'

const { PRIORITY_BELOW_NORMAL } = constants.priority

/** Does the work with what others leave of the processor, if this process may go back afterwards. */
export async function yielding<T>(work: () => Promise<T>): Promise<T> {
  const before = getPriority()
  const isGentle = before < PRIORITY_BELOW_NORMAL && mayRaise(before)
  if (isGentle) setPriority(PRIORITY_BELOW_NORMAL)
  try {
    return await work()
  } finally {
    if (isGentle) setPriority(before)
  }
}

/** Whether this process may have its own priority again once it is lower: tried with the smallest step. */
function mayRaise(before: number): boolean {
  try {
    setPriority(before + 1)
    setPriority(before)
    return true
  } catch {
    // It stays one step below, which nobody feels.
    return false
  }
}
