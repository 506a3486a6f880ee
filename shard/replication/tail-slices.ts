// How long a tail that has much to hand over keeps the event loop at a time: as long as all else kept it since the slice
// before. So under a load that takes the whole processor what others have written gets half of it. With slices of one
// length a turn that brought many requests would have the larger part, and what others wrote would come ever later.

const sliceMsMin = 3
/** Who waits for an answer meanwhile should not see it. */
const sliceMsMax = 12

export class TailSlices {
  readonly #now: () => number
  #endedAtMs = Infinity

  /** @param now milliseconds that only ever go forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @returns when the slice that begins now should end, by the same clock */
  begin(): number {
    const nowMs = this.#now()
    const elseMs = nowMs - this.#endedAtMs
    return nowMs + Math.min(Math.max(elseMs, sliceMsMin), sliceMsMax)
  }

  /** A slice is over, and there is more. */
  end(): void {
    this.#endedAtMs = this.#now()
  }

  /** There is no more: until there is again, nobody is kept waiting. */
  rest(): void {
    this.#endedAtMs = Infinity
  }
}
