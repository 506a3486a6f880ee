// User flags: one byte for each user that says what need not be looked up.
//
// Like a coloured dot on a folder: nearly nobody is protected, blocks anybody or is blocked, and a page of
// tweets should not open a folder to find that out. A flag that stands may be too careful (somebody who has
// taken back their only mute keeps theirs); one that does not stand is always right. The flags for a protected
// and for a suspended account are exact.
//
// Made from the facts as they are applied or loaded, so in no snapshot. Owned by whoever holds the state; a
// single thread. One byte a user.

import { Records } from '../memory/records.ts'

/** What a flag of a user says. */
export const userFlag = {
  /** Their tweets are for their followers alone. */
  isProtected: 1,
  /** They block somebody, or did. */
  blocks: 2,
  /** Somebody blocks them, or did. */
  isBlocked: 4,
  /** Some of their tweets are not for everyone. */
  restricts: 8,
  /** They have muted somebody, a thread or a word, or had. */
  mutes: 16,
  /** They have asked somebody to be let in, or had. */
  asks: 32,
  /** An operator has suspended the account. */
  isSuspended: 64,
  /** They have deleted their account. Exact, like the two before. */
  isGone: 128,
} as const

const usersPerWord = 4

export class UserFlags {
  readonly #bytes = new Records(1).field(0)
  readonly #onChange: (user: number) => void

  /** @param onChange told of each user some of whose flags are others now */
  constructor(onChange: (user: number) => void = () => undefined) {
    this.#onChange = onChange
  }

  /** All flags of a user; 0 for one never seen. */
  get(user: number): number {
    return (this.#bytes.get(user >>> 2) >>> ((user % usersPerWord) * 8)) & 0xff
  }

  raise(user: number, flag: number): void {
    if ((this.get(user) & flag) === flag) return
    const shift = (user % usersPerWord) * 8
    this.#bytes.set(user >>> 2, this.#bytes.get(user >>> 2) | (flag << shift))
    this.#onChange(user)
  }

  lower(user: number, flag: number): void {
    if ((this.get(user) & flag) === 0) return
    const shift = (user % usersPerWord) * 8
    this.#bytes.set(user >>> 2, this.#bytes.get(user >>> 2) & ~(flag << shift))
    this.#onChange(user)
  }
}
