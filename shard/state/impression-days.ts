// ImpressionDays: how many impressions each reader has had of one promotion, on the newest day that anybody had one
// and on the day before.
//
//   day 20,078   today      [ reader 12: 2   reader 31: 1 ]
//   day 20,077   yesterday  [ reader 31: 2 ]
//
// When the first impression of a later day comes, today becomes yesterday, and what was there is forgotten in one
// step. Owned by promotions.ts.

import type { UserId } from '../../protocol/ids.ts'
import { absent, highOf, IdTable, mix } from './memory/id-table.ts'

/** How many of one day. */
class Day {
  readonly seen = new IdTable()
  /** A sum over the entries, for digests: it does not mind their order. */
  sum = 0

  set(readerId: number, count: number): void {
    const before = Math.max(0, this.seen.get(readerId))
    const hash = mix(readerId | 0, highOf(readerId))
    this.sum = (this.sum + Math.imul(hash, count - before)) | 0
    this.seen.set(readerId, count)
  }
}

export class ImpressionDays {
  /** The newest day, by its number since 1970; 0 before the first impression. */
  #day = 0
  #today = new Day()
  #yesterday = new Day()

  get day(): number {
    return this.#day
  }

  /** Impressions of a reader on a day; -1 (`absent`) for a day before yesterday. */
  seen(readerId: UserId, day: number): number {
    if (day > this.#day) return 0
    const known = this.#find(day)
    return known === undefined ? absent : Math.max(0, known.seen.get(readerId))
  }

  /**
   * Notes an impression, the first of a day with ordinal 1.
   * @returns whether it is the next one of its reader and day
   */
  see(
    readerId: UserId,
    { day, ordinal }: { readonly day: number; readonly ordinal: number },
  ): boolean {
    if (this.seen(readerId, day) !== ordinal - 1) return false
    this.#turnTo(day)
    this.#find(day)?.set(readerId, ordinal)
    return true
  }

  clear(): void {
    this.#today = new Day()
    this.#yesterday = new Day()
    this.#day = 0
  }

  /** All entries: of yesterday first, each day in the order of readers. */
  entries(): readonly {
    readonly day: number
    readonly readerId: number
    readonly count: number
  }[] {
    return [this.#day - 1, this.#day].flatMap((day) => {
      const found: { day: number; readerId: number; count: number }[] = []
      this.#find(day)?.seen.forEach((readerId, count) => {
        found.push({ day, readerId, count })
      })
      return found.sort((left, right) => left.readerId - right.readerId)
    })
  }

  /** Puts one of `entries` in. */
  restore(
    readerId: number,
    { day, count }: { readonly day: number; readonly count: number },
  ): void {
    this.#turnTo(day)
    this.#find(day)?.set(readerId, count)
  }

  /** Equal where the entries are equal. */
  sums(): readonly [number, number, number] {
    return [this.#day, this.#today.sum, this.#yesterday.sum]
  }

  #find(day: number): Day | undefined {
    if (day === this.#day) return this.#today
    return day === this.#day - 1 ? this.#yesterday : undefined
  }

  #turnTo(day: number): void {
    if (day <= this.#day) return
    this.#yesterday = day === this.#day + 1 ? this.#today : new Day()
    this.#today = new Day()
    this.#day = day
  }
}
