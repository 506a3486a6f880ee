// Keeps the history of a run while it happens, and answers the questions about time: how long nothing
// was acknowledged, and what failed when.

import type { TweetId } from '../../../protocol/ids.ts'
import type { FailedAttempt, Outcome, Write } from './history.ts'

type OpenWrite = { -readonly [K in keyof Write]: Write[K] }

export type Window = { readonly fromMs: number; readonly toMs: number }

/** Where a partition was silent for longest. */
export type Pause = { readonly partition: number; readonly ms: number }

export class Recorder {
  readonly #writes: OpenWrite[] = []
  readonly failures: FailedAttempt[] = []
  /** When writes were acknowledged, by partition, in order. */
  readonly #acknowledgedAt: number[][]
  readonly #prefix: string
  #open = 0
  #acknowledged = 0

  /** @param prefix makes the keys of this run different from those of others on the same cluster */
  constructor({ prefix, partitionCount }: { prefix: string; partitionCount: number }) {
    this.#prefix = prefix
    this.#acknowledgedAt = Array.from({ length: partitionCount }, () => [])
  }

  get writes(): readonly Write[] {
    return this.#writes
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Writes whose outcome is not known yet. */
  get open(): number {
    return this.#open
  }

  begin(write: Pick<Write, 'kind' | 'actorId' | 'partition' | 'targetId'>): Write {
    const entry: OpenWrite = {
      key: `${this.#prefix}-${this.#writes.length.toString(36)}`,
      ...write,
      invokedAtMs: performance.now(),
      endedAtMs: Infinity,
      outcome: undefined,
    }
    this.#writes.push(entry)
    this.#open++
    return entry
  }

  end(write: Write, outcome: Outcome, { tweetId }: { readonly tweetId?: TweetId } = {}): void {
    const entry = write as OpenWrite
    entry.outcome = outcome
    entry.endedAtMs = performance.now()
    entry.tweetId = tweetId
    this.#open--
    if (outcome !== 'acknowledged') return
    this.#acknowledged++
    this.#acknowledgedAt[write.partition]?.push(entry.endedAtMs)
  }

  failed(attempt: Omit<FailedAttempt, 'atMs'>): void {
    this.failures.push({ atMs: performance.now(), ...attempt })
  }

  /** The first acknowledgement in this partition after a moment; Infinity where there is none. */
  acknowledgedAfter(partition: number, atMs: number): number {
    return this.#acknowledgedAt[partition]?.find((time) => time > atMs) ?? Infinity
  }

  /** How many writes this partition has acknowledged since a moment. */
  countAfter(partition: number, atMs: number): number {
    const times = this.#acknowledgedAt[partition] ?? []
    const first = times.findLastIndex((time) => time <= atMs) + 1
    return times.length - first
  }

  acknowledgedWithin({ fromMs, toMs }: Window): number {
    return this.#acknowledgedAt.flat().filter((time) => time >= fromMs && time <= toMs).length
  }

  /**
   * For each of the partitions, the longest time between two acknowledgements one after the other that
   * lies at least partly in the window. Before the first and after the last counts, too.
   */
  pauses(partitions: readonly number[], { fromMs, toMs }: Window): Pause[] {
    return partitions.map((partition) => {
      const times = (this.#acknowledgedAt[partition] ?? []).filter((time) => time <= toMs)
      let longestMs = 0
      let before = fromMs
      for (const time of times) {
        if (time > fromMs) longestMs = Math.max(longestMs, time - before)
        before = time
      }
      return { partition, ms: Math.max(longestMs, toMs - Math.max(before, fromMs)) }
    })
  }

  /** What clients had to act upon in the window, by code. */
  failuresByCode(window: Window): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { atMs, code } of this.failures) {
      if (atMs >= window.fromMs && atMs <= window.toMs) counts[code] = (counts[code] ?? 0) + 1
    }
    return counts
  }
}
