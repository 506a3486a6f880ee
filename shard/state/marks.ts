// Marks: lists of ids that users keep, one list for each kind and user. The favorites and bookmarks of a
// reader are marks; so are those whom somebody blocks or mutes.
//
//   hosted   kept where the user is hosted: what only they are shown themselves
//   public   kept by every process for everybody: what a read anywhere has to know
//
// Both kinds are facts of the user's own log, so both are in its snapshots and digests. A new kind begins
// with its name; it is hosted unless it stands below.
//
// Owned by `ShardState`; a single thread.

import { IdLists } from './memory/id-lists.ts'
import type { Changes } from './users/changes.ts'
import { type UserFlags, userFlag } from './users/user-flags.ts'

/** Kinds whose ids say something about privacy. */
export const markKind = {
  /** Public: whom a user blocks. */
  blocks: 'blocks',
  /** Public: an author's tweets that only followers may see, and only those who are mentioned. */
  forFollowers: 'forFollowers',
  forMentioned: 'forMentioned',
  /** Public: the requests to follow a user that they approved or rejected of late. */
  approved: 'approved',
  rejected: 'rejected',
  /** Public: the action of an operator by which the account is suspended, while it is. */
  suspensions: 'suspensions',
  /** Public: the id of the deletion of the account, from then on. */
  departures: 'departures',
  /** Hosted: whom a user has muted, and the tweets with which muted threads begin. */
  mutes: 'mutes',
  mutedThreads: 'mutedThreads',
  /** Hosted, and counted by everybody: the lists and moments that a user follows. */
  followedLists: 'followedLists',
  followedMoments: 'followedMoments',
  /** Hosted: the notification up to which a user has read theirs; one id, or none. */
  readNotifications: 'readNotifications',
} as const

const publicKinds: ReadonlySet<string> = new Set([
  markKind.blocks,
  markKind.forFollowers,
  markKind.forMentioned,
  markKind.approved,
  markKind.rejected,
  markKind.suspensions,
  markKind.departures,
])

/** What the flags of a user say as soon as they have a mark of this kind. */
const flagOf: Readonly<Record<string, number>> = {
  [markKind.blocks]: userFlag.blocks,
  [markKind.suspensions]: userFlag.isSuspended,
  [markKind.departures]: userFlag.isGone,
  [markKind.forFollowers]: userFlag.restricts,
  [markKind.forMentioned]: userFlag.restricts,
  [markKind.mutes]: userFlag.mutes,
  [markKind.mutedThreads]: userFlag.mutes,
}

/** The users, as far as marks need them. */
export type MarkedUsers = {
  readonly flags: UserFlags
  readonly changes: Pick<Changes, 'note' | 'noteOwn'>
  readonly index: { intern(id: number): number; idOf(user: number): number }
}

/** Whether every process keeps the marks of this kind, for everybody. */
export function isPublicKind(kind: string): boolean {
  return publicKinds.has(kind)
}

export class Marks {
  readonly #users: MarkedUsers
  readonly #kinds = new Map<string, IdLists>()
  /** Blocked user to the ids of those who block them: `blocks` the other way round. */
  readonly blockers = new IdLists()
  /** Those who have deleted their account, as dense indexes. */
  readonly gone = new Set<number>()

  constructor(users: MarkedUsers) {
    this.#users = users
  }

  /** User to ids, of one kind. */
  of(kind: string): IdLists {
    let marks = this.#kinds.get(kind)
    if (marks === undefined) {
      const { changes } = this.#users
      marks = publicKinds.has(kind)
        ? new IdLists((user) => changes.note(user))
        : new IdLists((user) => changes.noteOwn(user))
      this.#kinds.set(kind, marks)
    }
    return marks
  }

  /** The kinds of marks that there are, in the order of their names. */
  kinds(): readonly string[] {
    return [...this.#kinds.keys()].sort()
  }

  add(kind: string, user: number, id: number): void {
    if (!this.of(kind).insert(user, id)) return
    const flag = flagOf[kind]
    if (flag === undefined) return
    const { flags, index } = this.#users
    flags.raise(user, flag)
    if (kind === markKind.departures) this.gone.add(user)
    if (kind !== markKind.blocks) return
    const blocked = index.intern(id)
    this.blockers.insert(blocked, index.idOf(user))
    flags.raise(blocked, userFlag.isBlocked)
  }

  /** Adds the first `count` of `ids`, ascending, as a snapshot has them. */
  addMany(kind: string, user: number, ids: Float64Array, count: number): void {
    if (flagOf[kind] === undefined) {
      this.of(kind).addMany(user, ids, count)
      return
    }
    for (let place = 0; place < count; place++) this.add(kind, user, ids[place]!)
  }

  remove(kind: string, user: number, id: number): void {
    const marks = this.of(kind)
    marks.remove(user, id)
    const { flags, index } = this.#users
    if (kind === markKind.suspensions && marks.length(user) === 0) {
      flags.lower(user, userFlag.isSuspended)
    }
    if (kind !== markKind.blocks) return
    this.blockers.remove(index.intern(id), index.idOf(user))
  }

  /** Forgets what only the host of a user keeps. */
  forgetHosted(user: number): void {
    for (const [kind, marks] of this.#kinds) if (!publicKinds.has(kind)) marks.clear(user)
  }
}
