// Claims: what undurable decisions stand on, and who waits for it.
//
// A decision claims keys (`follow 7 9`, `handle ada`) until its event is applied or has failed. Whoever
// needs a claimed key waits in line for it. The rule that this serves stands in primary.ts.
//
// A key may also be shared, as a reading room is by its readers: any number of decisions hold it side by
// side, and whoever wants it alone waits until the last of them is done. Nobody joins those who share it
// while somebody waits, so that the one who wants it alone gets it in the end.

import type { Claim } from './operations/implement.ts'

type Held<Waiter> = { holderCount: number; readonly isShared: boolean; readonly waiting: Waiter[] }

export class Claims<Waiter> {
  readonly #held = new Map<string, Held<Waiter>>()
  #waitingCount = 0

  /** How many wait, for any key. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  /** Lets `waiter` wait if one of the keys cannot be had now. @returns whether it has to. */
  waitFor(keys: readonly Claim[], waiter: Waiter): boolean {
    for (const key of keys) {
      const held = this.#held.get(nameOf(key))
      if (held === undefined) continue
      if (typeof key !== 'string' && held.isShared && held.waiting.length === 0) continue
      held.waiting.push(waiter)
      this.#waitingCount++
      return true
    }
    return false
  }

  claim(keys: readonly Claim[]): void {
    for (const key of keys) {
      const held = this.#held.get(nameOf(key))
      if (held === undefined) {
        const isShared = typeof key !== 'string'
        this.#held.set(nameOf(key), { holderCount: 1, isShared, waiting: [] })
      } else held.holderCount++
    }
  }

  /** Gives the keys up; each one's waiters are handed over in their order, before the next key's. */
  release(keys: readonly Claim[], each: (waiter: Waiter) => void): void {
    for (const key of keys) {
      const held = this.#held.get(nameOf(key))
      if (held === undefined || --held.holderCount > 0) continue
      this.#held.delete(nameOf(key))
      this.#waitingCount -= held.waiting.length
      for (const waiter of held.waiting) each(waiter)
    }
  }
}

function nameOf(key: Claim): string {
  return typeof key === 'string' ? key : key.shared
}
