// Follow requests: who has asked to follow whom, and still waits. Known to every process, because the two
// may live anywhere, and both are shown it. The rules are in ../operations/following.ts.
//
// A request has an id of its own, given out in the partition of the one who asks: so an answer is to that
// request, and never to a later one between the same two.
//
// Requests are few: they live in ordinary maps. Owned by `ShardState`; a single thread.

import { IdLists } from './memory/id-lists.ts'
import type { Changes } from './users/changes.ts'
import { type UserFlags, userFlag } from './users/user-flags.ts'

/** Two users as dense indexes: who asks, and who is asked. */
export type Pair = { readonly follower: number; readonly followee: number }

/** The users, as far as requests need them. */
export type AskingUsers = { readonly flags: UserFlags; readonly changes: Pick<Changes, 'noteBoth'> }

export class FollowRequests {
  readonly #users: AskingUsers
  /** Who asks -> who is asked -> id of the request. */
  readonly #asked = new Map<number, Map<number, number>>()
  /** Who is asked -> ids of the requests. */
  readonly #waiting = new IdLists()
  readonly #pairs = new Map<number, Pair>()

  constructor(users: AskingUsers) {
    this.#users = users
  }

  /** Requests of everybody. */
  get size(): number {
    return this.#pairs.size
  }

  /** Takes a request; an earlier one between the two is over. */
  begin(pair: Pair, id: number): void {
    this.end(pair)
    const { follower, followee } = pair
    let asked = this.#asked.get(follower)
    if (asked === undefined) {
      asked = new Map()
      this.#asked.set(follower, asked)
    }
    asked.set(followee, id)
    this.#waiting.insert(followee, id)
    this.#pairs.set(id, pair)
    this.#users.flags.raise(follower, userFlag.asks)
    this.#users.changes.noteBoth(follower, followee)
  }

  /** Forgets the request between the two, if there is one. */
  end({ follower, followee }: Pair): void {
    const asked = this.#asked.get(follower)
    const id = asked?.get(followee)
    if (asked === undefined || id === undefined) return
    asked.delete(followee)
    if (asked.size === 0) this.#asked.delete(follower)
    this.#waiting.remove(followee, id)
    this.#pairs.delete(id)
    this.#users.changes.noteBoth(follower, followee)
  }

  /** The id of the request between the two; 0 where there is none. */
  between({ follower, followee }: Pair): number {
    return this.#asked.get(follower)?.get(followee) ?? 0
  }

  /** Whom one has asked, with the id of each request, in the order in which they asked. */
  askedBy(follower: number): readonly (readonly [followee: number, id: number])[] {
    const asked = this.#asked.get(follower)
    return asked === undefined ? [] : [...asked].sort((left, right) => left[1] - right[1])
  }

  askedCount(follower: number): number {
    return this.#asked.get(follower)?.size ?? 0
  }

  /** Who made the request; -1 for one that is over. */
  followerOf(id: number): number {
    return this.#pairs.get(id)?.follower ?? -1
  }

  /** Copies the ids of the requests to a user, newest first, as `IdLists` does. */
  readBefore(
    followee: number,
    page: { readonly before: number; readonly limit: number },
    out: Float64Array,
  ): number {
    return this.#waiting.readBefore(followee, page, out)
  }
}
