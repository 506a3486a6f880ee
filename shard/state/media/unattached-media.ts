// Unattached media: what users have uploaded of late and may show in their next tweets.
//
// Like cloakroom tickets: good for a day, for their owner alone, and as often as they like meanwhile (a
// tweet that is deleted and written anew takes the same photo). The tweet gets a copy of all that is on the
// ticket, so nobody asks for it afterwards. A hosted fact, kept as JavaScript objects: they are read
// when somebody posts, not on a hot path. Written by `apply` functions only.
//
// A ticket is over, for everybody and for good, once the log of its owner's partition has reached its end:
// the log has the same times everywhere, so all hosts agree on which there are, whenever each of them
// sweeps. (The clock of who serves ends it on time.)

import type { UserId } from '../../../protocol/ids.ts'
import type { Medium } from '../../../protocol/media.ts'

export type UnattachedMedium = {
  readonly media: Medium
  readonly bytes: number
  readonly expiresAtMs: number
}

export class UnattachedMedia {
  /** By owner, then by id. No owner's map is empty. At most `mediaUnattachedMax` each, by `media.create`. */
  readonly #of = new Map<UserId, Map<string, UnattachedMedium>>()
  readonly #logTimeMsOf: (userId: UserId) => number

  /** @param logTimeMsOf the time that the log of this user's partition has reached */
  constructor(logTimeMsOf: (userId: UserId) => number = () => 0) {
    this.#logTimeMsOf = logTimeMsOf
  }

  /** Puts one in, in place of an older one of the same file. */
  put(userId: UserId, medium: UnattachedMedium): void {
    const own = this.#of.get(userId)
    if (own === undefined) this.#of.set(userId, new Map([[medium.media.id, medium]]))
    else own.set(medium.media.id, medium)
  }

  /** The user's own, or undefined where there is none that is still good. */
  find(userId: UserId, id: string, nowMs: number): UnattachedMedium | undefined {
    const medium = this.#of.get(userId)?.get(id)
    if (medium === undefined || medium.expiresAtMs <= nowMs) return undefined
    return this.#isOver(userId, medium) ? undefined : medium
  }

  /** All of a user that are not over by the log, in the order of their ids. */
  listOf(userId: UserId): readonly UnattachedMedium[] {
    const own = this.#of.get(userId)
    if (own === undefined) return []
    return [...own.values()]
      .filter((medium) => !this.#isOver(userId, medium))
      .sort((left, right) => (left.media.id < right.media.id ? -1 : 1))
  }

  /** Takes back the memory of those that are over. Nobody can tell whether it was called. */
  sweep(): void {
    for (const [userId, own] of this.#of) {
      for (const [id, medium] of own) if (this.#isOver(userId, medium)) own.delete(id)
      if (own.size === 0) this.#of.delete(userId)
    }
  }

  /** Forgets all that is known here of a user: the partition is hosted no longer. */
  forget(userId: UserId): void {
    this.#of.delete(userId)
  }

  #isOver(userId: UserId, medium: UnattachedMedium): boolean {
    return medium.expiresAtMs <= this.#logTimeMsOf(userId)
  }
}
