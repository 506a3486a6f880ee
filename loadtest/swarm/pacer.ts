// The open loop: so many a second, whatever the server does about it.
//
// Each piece of work has a time at which it is meant to happen, counted from the start, and is handed
// that time. A closed loop would wait for a slow server and so ask it less when it is slow, and forget
// the waiting of those who would have come meanwhile (coordinated omission).
//
//   intended   |   |   |   |   |   |        a piece every 1/rate
//   handed       ||    |||       |          when the timer comes round, all that are due
//
// Node's timers are whole milliseconds, so a piece is handed out up to about one too late: the pacer
// says by how much, and a latency from the intended time holds it too.

const tickMs = 1

export type PacerOptions = {
  readonly perSecond: number
  /** Does one piece of work, which was meant for this time of `performance.now()`. */
  readonly work: (intendedMs: number) => void
}

export class Pacer {
  readonly #options: PacerOptions
  #startedMs = 0
  #handed = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: PacerOptions) {
    this.#options = options
  }

  /** Does nothing where the rate is 0. */
  start(): void {
    if (this.#options.perSecond <= 0 || this.#timer !== undefined) return
    this.#startedMs = performance.now()
    this.#handed = 0
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const { perSecond, work } = this.#options
    const due = ((performance.now() - this.#startedMs) * perSecond) / 1_000
    while (this.#timer !== undefined && this.#handed + 1 <= due) {
      this.#handed++
      work(this.#startedMs + (this.#handed * 1_000) / perSecond)
    }
  }
}
