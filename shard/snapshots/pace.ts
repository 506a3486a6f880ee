// When the next snapshot of a partition is due. Pure: counts and times are arguments.

import { comparePositions, type LogPosition, logStart } from '../replication/position.ts'

/** Entries after which a snapshot is worth making once some time has passed, and how much. */
const fewEntries = 1_000
const quietMs = 5 * 60 * 1000
/** After a failure the next attempt waits, twice as long each time. */
const pauseMsMin = 1_000
const pauseMsMax = 5 * 60 * 1000

/** A place in a partition's log, and how many entries had been applied here when it was reached. */
export type Reach = { readonly position: LogPosition; readonly count: number }

/** What is known of the snapshots of one partition. */
export class Pace {
  /** What the newest snapshot holds. */
  #newest: Reach = { position: logStart, count: 0 }
  #newestAtMs: number
  /** Where this process was at the last look. */
  #settled: Reach | undefined
  #failures = 0
  #notBeforeMs = 0

  constructor(nowMs: number) {
    this.#newestAtMs = nowMs
  }

  /** A snapshot of everything up to here exists. One that is older than another is of no interest. */
  noteSnapshot(reach: Reach, nowMs: number): void {
    if (comparePositions(reach.position, this.#newest.position) <= 0) return
    this.#newest = reach
    this.#newestAtMs = nowMs
  }

  /**
   * Notes where this process is now.
   * @returns where it was at the look before. A snapshot goes up to there, so that it holds nothing of
   * the last moments, which a failover of Redis may take back.
   */
  look(reach: Reach): Reach | undefined {
    const before = this.#settled
    this.#settled = reach
    return before
  }

  entriesSince(count: number): number {
    return Math.max(0, count - this.#newest.count)
  }

  isDue(reach: Reach, { snapshotEntries, nowMs }: { snapshotEntries: number; nowMs: number }) {
    if (comparePositions(reach.position, this.#newest.position) <= 0) return false
    const entries = this.entriesSince(reach.count)
    if (entries >= snapshotEntries) return true
    return entries >= fewEntries && nowMs - this.#newestAtMs >= quietMs
  }

  failed(nowMs: number): void {
    this.#notBeforeMs = nowMs + Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(this.#failures, 20))
    this.#failures++
  }

  succeeded(): void {
    this.#failures = 0
    this.#notBeforeMs = 0
  }

  isPausing(nowMs: number): boolean {
    return nowMs < this.#notBeforeMs
  }
}
