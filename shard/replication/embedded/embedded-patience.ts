// Patience with other processes, as the files show them that they keep for all to see (embedded-gate.ts): any number of
// them is waited for, one after the other, and each for as long as it goes on.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { LogUnavailable } from '../log.ts'

/** How long one waits for a file that does not change before one says so. */
export const patienceMs = 10_000

export class Patience {
  readonly #now: () => number
  /** By name and time of a file: when it was seen for the first time. */
  #sinceMs = new Map<string, number>()

  /** @param now milliseconds that only ever go forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * @param names the files of a directory that are waited for; each call names those that are still there
   * @throws LogUnavailable where one of them has been named, unchanged, by each call for too long
   */
  check(directory: string, names: readonly string[], complaint: string): void {
    const nowMs = this.#now()
    const before = this.#sinceMs
    this.#sinceMs = new Map()
    for (const name of names) {
      const file = `${name} ${changedAtMs(join(directory, name))}`
      const sinceMs = before.get(file) ?? nowMs
      this.#sinceMs.set(file, sinceMs)
      if (nowMs - sinceMs < patienceMs) continue
      throw new LogUnavailable(
        `${directory}: ${name} ${complaint}: waited ${patienceMs} ms for it.`,
      )
    }
  }
}

/** 0 where it has gone just now. */
function changedAtMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
