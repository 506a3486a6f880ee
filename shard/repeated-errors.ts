// Errors that come again and again, such as those of a log that is away: each kind is told at once when it
// comes first, and then every few seconds with how often it came meanwhile. A log that fills the disk with
// one sentence is a fault of its own.

import type { Log } from '../protocol/std/log.ts'

/** For so long after it was told, an error with the same message is only counted. */
export const toldAgainAfterMs = 5_000
/** Messages that are remembered; all are forgotten beyond it, and told anew. */
const messagesMax = 256

export class RepeatedErrors {
  readonly #log: Pick<Log, 'error'>
  readonly #now: () => number
  readonly #told = new Map<string, { atMs: number; repeats: number }>()

  /** @param options.now milliseconds that only ever go forward */
  constructor(options: { readonly log: Pick<Log, 'error'>; now(): number }) {
    this.#log = options.log
    this.#now = options.now
  }

  tell(error: unknown, message: string): void {
    const nowMs = this.#now()
    const told = this.#told.get(message)
    if (told !== undefined && nowMs - told.atMs < toldAgainAfterMs) {
      told.repeats++
      return
    }
    if (this.#told.size >= messagesMax) this.#told.clear()
    this.#told.set(message, { atMs: nowMs, repeats: 0 })
    const repeats = told === undefined || told.repeats === 0 ? {} : { repeats: told.repeats }
    this.#log.error({ err: error, ...repeats }, message)
  }
}
