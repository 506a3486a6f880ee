// The timetable of a connection that is to send at a fixed rate. Pure.
//
// A tram that comes late makes everybody at its stop wait, also those who would have taken the next one
// and came in vain. So the latency of a request counts from the time at which it was due, not from the time
// at which the connection got round to it (coordinated omission; Gil Tene, "How NOT to Measure Latency").
// autocannon, whose connections these are, gives out a second's requests at the start of that second, and
// forgets at its end what it could not send. Such a request counts as well: with the time from when it was
// due to the next sending, or to the end where there is none, which is the least that it would have waited.
//
//   due      |0    |1    |2    |3        |4    |5       ...     each second anew
//   sent     ====0==1====2=============================== 4     late: 4 waited from its due time
//                                            3 was never sent: it waited at least until then

/** The second for which autocannon gives out requests. Its own correction takes 1 ms for the interval at any rate. */
const windowMs = 1_000
/** By so much a timer of a second may be late without anybody being at fault. */
const driftMsMax = 5

export type Sending = {
  /** How long ago the request that is sent now was due; 0 where it is sent early. */
  readonly lateMs: number
  /** For each request that was due before and never sent: how long ago that was. */
  readonly skippedMs: readonly number[]
}

const punctual: Sending = { lateMs: 0, skippedMs: [] }

/** The timetable of one connection, from its first request on. */
export class Timetable {
  readonly #perSecond: number
  #windowStartMs: number
  #sentInWindow = 0

  constructor(start: { readonly nowMs: number; readonly perSecond: number }) {
    this.#windowStartMs = start.nowMs
    this.#perSecond = start.perSecond
  }

  /** A request is sent now. */
  sent(nowMs: number): Sending {
    const skippedMs = this.#endWindows(nowMs)
    // The generator's own timer, not the server, decides when a second begins: it drifts a little.
    const isAllSent = this.#sentInWindow >= this.#perSecond
    const isJustBegun = this.#sentInWindow === 0 && nowMs - this.#windowStartMs <= driftMsMax
    if (isAllSent || isJustBegun) this.#begin(nowMs)
    const lateMs = Math.max(0, nowMs - this.#dueMs(this.#sentInWindow++))
    return lateMs === 0 && skippedMs.length === 0 ? punctual : { lateMs, skippedMs }
  }

  /** Nothing is sent any more. @returns how long ago what was not sent was due, for each of it */
  ended(nowMs: number): readonly number[] {
    const skippedMs = this.#endWindows(nowMs)
    while (this.#sentInWindow < this.#perSecond && this.#dueMs(this.#sentInWindow) < nowMs) {
      skippedMs.push(nowMs - this.#dueMs(this.#sentInWindow++))
    }
    return skippedMs
  }

  /** Ends the seconds that are over. @returns how long ago what was not sent in them was due */
  #endWindows(nowMs: number): number[] {
    const skippedMs: number[] = []
    while (nowMs >= this.#windowStartMs + windowMs) {
      for (let place = this.#sentInWindow; place < this.#perSecond; place++) {
        skippedMs.push(nowMs - this.#dueMs(place))
      }
      this.#begin(this.#windowStartMs + windowMs)
    }
    return skippedMs
  }

  #begin(windowStartMs: number): void {
    this.#windowStartMs = windowStartMs
    this.#sentInWindow = 0
  }

  #dueMs(place: number): number {
    return this.#windowStartMs + (windowMs * place) / this.#perSecond
  }
}
