// The fan-out worker as everybody has it, but that now and then its thread ends itself between two stretches of
// followers: half-way through a task for certain, however busy the machine is (ending-threads.ts).

import { deliver as deliverAll } from '../../shard/fanout/worker.ts'
import { TimelineRings } from '../../shard/state/rings/timeline-rings.ts'

/** The share of stretches behind which the thread ends itself. */
const endedShare = 1 / 200

const { append } = TimelineRings.prototype
TimelineRings.prototype.append = function (...given) {
  const appended = append.apply(this, given)
  if (appended > 0 && Math.random() < endedShare) process.exit()
  return appended
}

export const deliver = deliverAll
