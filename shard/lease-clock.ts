// The lease clock: until when a lease that was granted can be relied on. The owner is the shard.
//
// A lease ends by the clock of the log, which this process cannot read. What it knows is when it asked:
// the lease began at that moment or later, so it lasts at least until that moment plus its length, by
// any clock that runs at the same speed. A margin is left for those that do not quite, and for what is
// under way when the last look says yes. Like milk: it counts when it was milked, not when it was
// bought.
//
// Only a clock that never jumps will do (performance.now). A machine that sleeps stops it as well: what
// a process does right after it wakes up is kept out by the epoch of the log, not by this.

import type { Partition } from '../protocol/ids.ts'

/** The part of a lease's length at its end in which it no longer counts. */
export const leaseMarginPart = 1 / 5

export type LeaseClockOptions = {
  readonly leaseMs: number
  /** Milliseconds that only ever go forward. */
  now(): number
}

export class LeaseClock {
  readonly #safeMs: number
  readonly #now: () => number
  /** When the newest request was sent that was granted. */
  readonly #askedAtMs = new Map<Partition, number>()
  /** Questions are counted, so that an answer from before the end of a reign does not begin it again. */
  #questions = 0
  readonly #endedAfter = new Map<Partition, number>()

  constructor({ leaseMs, now }: LeaseClockOptions) {
    this.#safeMs = leaseMs * (1 - leaseMarginPart)
    this.#now = now
  }

  /**
   * Leases are about to be asked for, or to be prolonged: call it before the request is sent.
   * @returns what to call for each partition whose lease was granted or prolonged by that request.
   */
  asked(): (partition: Partition) => void {
    const question = ++this.#questions
    const askedAtMs = this.#now()
    return (partition) => {
      if (question <= (this.#endedAfter.get(partition) ?? 0)) return
      // Answers may overtake each other: an older one takes nothing back.
      const newest = Math.max(askedAtMs, this.#askedAtMs.get(partition) ?? askedAtMs)
      this.#askedAtMs.set(partition, newest)
    }
  }

  /** The lease was given back, or is lost: what was asked before is of no use any more. */
  ended(partition: Partition): void {
    this.#askedAtMs.delete(partition)
    this.#endedAfter.set(partition, this.#questions)
  }

  /** Whether the lease of a partition cannot have run out yet. */
  isSafe(partition: Partition): boolean {
    const askedAtMs = this.#askedAtMs.get(partition)
    return askedAtMs !== undefined && this.#now() < askedAtMs + this.#safeMs
  }
}
