// Claims: what undurable decisions stand on, and who waits for it.
//
// A decision claims keys (`follow 7 9`, `handle ada`) until its event is applied or has failed. Whoever
// needs a claimed key waits in line for it. The rule that this serves stands in primary.ts.

export class Claims<Waiter> {
  readonly #waiting = new Map<string, Waiter[]>()
  #waitingCount = 0

  /** How many wait, for any key. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  /** Lets `waiter` wait if one of the keys is claimed. @returns whether it has to. */
  waitFor(keys: readonly string[], waiter: Waiter): boolean {
    for (const key of keys) {
      const waiting = this.#waiting.get(key)
      if (waiting === undefined) continue
      waiting.push(waiter)
      this.#waitingCount++
      return true
    }
    return false
  }

  claim(keys: readonly string[]): void {
    for (const key of keys) this.#waiting.set(key, [])
  }

  /** Gives the keys up; each one's waiters are handed over in their order, before the next key's. */
  release(keys: readonly string[], each: (waiter: Waiter) => void): void {
    for (const key of keys) {
      const waiting = this.#waiting.get(key) ?? []
      this.#waiting.delete(key)
      this.#waitingCount -= waiting.length
      for (const waiter of waiting) each(waiter)
    }
  }
}
