// Silence on a link: whether the shard behind it is away, though the network has not said so (a machine without power, a
// pulled cable, a process that stands still). A shard tells of itself every two seconds, so that a stream on which nothing
// happens is not taken for one that is dead, nor the other way round.
//
// Counted in looks, and not by the clock: a gateway that has stood still itself looks only once, and has then heard
// what waited before it looks again.

import type { ShardStatus } from '../../protocol/cluster-status.ts'
import { requestTimeoutMs } from '../../protocol/limits.ts'
import { linkSilenceMaxMs, linkSweepPeriodMs } from '../limits.ts'

export class LinkSilence {
  #heardAtMs = 0
  #looks = 0
  #beats = false

  /** Something was read, whatever it is. */
  heard(): void {
    this.#heardAtMs = performance.now()
    this.#looks = 0
  }

  /** One of the release before tells of itself only when something changes. */
  told({ beats }: ShardStatus): void {
    this.#beats = beats === true
  }

  /**
   * Called every `linkSweepPeriodMs`.
   * @param hasOverdue whether a request has just gone without an answer for too long
   */
  isTooLong(hasOverdue: boolean): boolean {
    this.#looks++
    if (this.#beats && this.#looks * linkSweepPeriodMs > linkSilenceMaxMs) return true
    return hasOverdue && performance.now() - this.#heardAtMs > requestTimeoutMs
  }
}
