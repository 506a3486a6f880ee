// The requests that took long: a line in the log for each, and the newest for the operators' console.
//
// A line says which operation it was, how long it took, what came of it and by which names it goes, on the
// gateway and on the shard. It says nothing that its sender wrote: parameters never get here. Where
// everything is slow, a line for each request would make it slower: so there is a limit a second, and the
// next line that is written tells how many were left out.

import type { SlowRequest } from '../reports.ts'
import type { Log } from './log.ts'

/** What the console shows of one process. */
const keptMax = 50
/** Lines of one second. */
const linesPerSecondMax = 10

/** What is known of a request when it is over. */
export type Settled = Omit<SlowRequest, 'atMs'> & {
  /** The other side: which shard was asked, or which gateway did. */
  readonly peer: string
  readonly spanId?: string
  readonly parentSpanId?: string
}

export class SlowRequests {
  readonly thresholdMs: number
  readonly #log: Log
  readonly #now: () => number
  readonly #kept: SlowRequest[] = []
  #second = 0
  #linesInSecond = 0
  #leftOut = 0

  constructor(options: {
    readonly thresholdMs: number
    readonly log: Log
    /** Milliseconds since 1970. */
    readonly now: () => number
  }) {
    this.thresholdMs = options.thresholdMs
    this.#log = options.log
    this.#now = options.now
  }

  /** The newest last. */
  get kept(): readonly SlowRequest[] {
    return this.#kept
  }

  /** Call it where a request took `thresholdMs` or longer. */
  note(settled: Settled): void {
    const atMs = this.#now()
    const { operation, outcome, requestId, traceId, partition } = settled
    const tookMs = Math.round(settled.tookMs * 10) / 10
    const trace = traceId === undefined ? {} : { traceId }
    this.#kept.push({ atMs, operation, tookMs, outcome, requestId, partition, ...trace })
    if (this.#kept.length > keptMax) this.#kept.shift()
    this.#write({ ...settled, tookMs }, atMs)
  }

  #write(line: Settled, atMs: number): void {
    const second = Math.floor(atMs / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#linesInSecond = 0
    }
    if (++this.#linesInSecond > linesPerSecondMax) {
      this.#leftOut++
      return
    }
    const leftOut = this.#leftOut === 0 ? {} : { leftOut: this.#leftOut }
    this.#leftOut = 0
    this.#log.warn({ ...line, ...leftOut }, 'a slow request')
  }
}
