// What a measurement counts: answers, their latencies and bytes, errors by code. The only importer of
// hdr-histogram-js.

import { build } from 'hdr-histogram-js'

/** Latencies are kept to 3 digits up to this; longer ones count as this. */
const longestUs = 60_000_000

/** Counts answers only between `start` and `isCounting = false`, errors always. */
export class Tally {
  isCounting = false
  answered = 0
  bytes = 0
  readonly errors: Record<string, number> = {}
  readonly #latencies = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestUs,
    numberOfSignificantValueDigits: 3,
  })

  start(): void {
    this.isCounting = true
  }

  answer(answer: { us: number; bytes: number }): void {
    if (!this.isCounting) return
    this.answered++
    this.bytes += answer.bytes
    this.#latencies.recordValue(Math.min(longestUs, Math.max(1, Math.round(answer.us))))
  }

  error(code: string): void {
    this.errors[code] = (this.errors[code] ?? 0) + 1
  }

  result(elapsed: number) {
    return {
      seconds: elapsed,
      answered: this.answered,
      perSecond: this.answered / elapsed,
      p50Us: this.#latencies.getValueAtPercentile(50),
      p99Us: this.#latencies.getValueAtPercentile(99),
      maxUs: this.#latencies.maxValue,
      errors: this.errors,
      bytesPerAnswer: this.answered === 0 ? 0 : this.bytes / this.answered,
    }
  }
}
