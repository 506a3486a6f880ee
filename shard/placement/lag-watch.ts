// Whether this process lacks something that the others have: then what it finds may not be all there is.
//
// Everybody says several times a second how far they have read each log. What somebody had read when they were last
// looked at, this process should have read by the next look, a quarter of a second later and more; a log that just
// goes on is no lag. A process that is cut off from the log hears nobody either, and cannot say that it lacks nothing.

import type { LogPosition } from '../replication/position.ts'
import { comparePositions } from '../replication/position.ts'
import type { Membership } from './membership.ts'

/** A look that comes sooner after another one says the same. */
const looksApartMs = 100

export class LagWatch {
  /** How far somebody had read each log at the last look. */
  #furthest: readonly LogPosition[] = []
  #lookedAtMs = -Infinity
  #isBehind = false

  /**
   * Looks again.
   * @param here how far this process has read each log, and the time: milliseconds that only ever go forward
   * @returns whether something is lacking
   */
  look(
    membership: Pick<Membership, 'isHeard' | 'furthestPosition'>,
    here: { readonly positions: readonly LogPosition[]; readonly nowMs: number },
  ): boolean {
    const { positions, nowMs } = here
    if (nowMs - this.#lookedAtMs < looksApartMs) return this.#isBehind
    const wanted = this.#furthest
    this.#furthest = positions.map((_, partition) => membership.furthestPosition(partition))
    this.#lookedAtMs = nowMs
    this.#isBehind = !membership.isHeard || wanted.some(isAhead)
    return this.#isBehind

    function isAhead(position: LogPosition, partition: number): boolean {
      return comparePositions(position, positions[partition]!) > 0
    }
  }
}
