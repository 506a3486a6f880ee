// Muted words: what a reader does not want to read of, as folded texts. A hosted fact: kept where the reader
// is hosted, and shown to nobody else.
//
// Owned by `ShardState`; a single thread.

import { type UserFlags, userFlag } from './user-flags.ts'

export class MutedWords {
  readonly #flags: UserFlags
  readonly #words = new Map<number, readonly string[]>()

  constructor(flags: UserFlags) {
    this.#flags = flags
  }

  /** The words of a user, in the order in which they were muted. */
  of(user: number): readonly string[] {
    return this.#words.get(user) ?? none
  }

  add(user: number, word: string): void {
    const words = this.of(user)
    if (!words.includes(word)) this.#words.set(user, [...words, word])
    this.#flags.raise(user, userFlag.mutes)
  }

  remove(user: number, word: string): void {
    const words = this.of(user).filter((muted) => muted !== word)
    if (words.length > 0) this.#words.set(user, words)
    else this.#words.delete(user)
  }

  clear(user: number): void {
    this.#words.delete(user)
  }
}

const none: readonly string[] = []
