// A group of the people index: the beginnings of the names of up to 65,536 users, and what former names have left.
//
//   postings   [ live | left behind ]     finds; gets everything that comes
//   next       [ live ...                 once more is left behind than is live: filled anew, user by user, and put in
//                                         its place when it is whole
//
// Postings only grow, so a name that has changed leaves its beginnings behind. The work of filling anew is done by the
// changes that make it necessary, a few users each: nobody waits for it, and no clock drives it.

import { staleBeginningsMin, usersRefilledPerChange } from './limits.ts'
import { Postings } from './postings.ts'

export class PeopleGroup {
  #postings: Postings
  /** All that is in the postings, and how much of it leads to nobody. */
  #entries = 0
  #stale = 0
  /** One past the last user. */
  #end = 0
  /** What is being filled anew, and how far it is. */
  #next: PeopleGroup | undefined
  #refilled = 0

  /** @param like a group of as many users, whose tables are of the size that this one will need */
  constructor(like: PeopleGroup | undefined) {
    this.#postings = new Postings(like?.postings)
  }

  /** What is found, and it alone: good until something is added. */
  get postings(): Postings {
    return this.#postings
  }

  get bytes(): number {
    return this.#postings.bytes + (this.#next?.bytes ?? 0)
  }

  /** Adds beginnings of a user, by their fingerprints. */
  add(user: number, beginnings: ReadonlySet<number>): void {
    for (const beginning of beginnings) {
      this.#postings.append(beginning, user)
      this.#entries++
    }
    this.#end = Math.max(this.#end, user + 1)
    this.#next?.add(user, beginnings)
  }

  /**
   * A user is called otherwise now.
   * @param refill what the group is filled anew with: the beginnings of each user, and what it is to be like
   */
  change(
    user: number,
    { former, come }: { readonly former: ReadonlySet<number>; readonly come: ReadonlySet<number> },
    refill: {
      beginningsOf(user: number): ReadonlySet<number>
      readonly like: PeopleGroup | undefined
    },
  ): void {
    this.add(user, come)
    this.#stale += former.size
    if (this.#next === undefined) {
      const live = this.#entries - this.#stale
      if (this.#stale <= Math.max(staleBeginningsMin, live)) return
      this.#next = new PeopleGroup(refill.like)
      // The card is still the former one: what has come would be in neither.
      this.#next.add(user, come)
      this.#refilled = 0
    }
    this.#next.#stale += former.size
    const end = Math.min(this.#refilled + usersRefilledPerChange, this.#end)
    for (; this.#refilled < end; this.#refilled++) {
      this.#next.add(this.#refilled, refill.beginningsOf(this.#refilled))
    }
    if (this.#refilled === this.#end) this.#become(this.#next)
  }

  #become(next: PeopleGroup): void {
    this.#postings = next.#postings
    this.#entries = next.#entries
    this.#stale = next.#stale
    this.#next = undefined
  }
}
