// Notices: for each user what others did that concerns them. What is shown of them, as notifications, is said in
// ../operations/notifications.ts.
//
// A notice is told by the log of who did it, and kept like an edge of the follow graph: where the one who did it is
// hosted, as their log's snapshots have to hold it, and where the one whom it concerns is, who reads it.
//
//   log of eve's partition       eve favorites ada's tweet 51  ->  ada: [ … | 907 favorite of 51 by eve ]
//   log of bob's partition       bob follows ada               ->  ada: [ … | 907 … | 912 follow by bob ]
//
// Logs come together in any order, and each process has to end with the same. So which notices are kept is
// a rule about the set of all that there ever were, and not about the order in which they came:
//
//   - alike things are a group: the favorites of one tweet, the retweets of one tweet, the follows of one day (UTC);
//     anything else is a group by itself
//   - of a group the newest are kept, one of each actor
//   - nothing is kept that is older than the newest notice of the 400th newest group
//
// What the rule drops, it drops for good, whatever else comes: so it may be applied at any time, in parts, and once
// more to what is left. It is, when a list is full. What is taken back keeps its place, as somewhere else it may be
// taken back before others have come. The idea is that of state that converges: Shapiro and others,
// Conflict-free Replicated Data Types, 2011.
//
// Nothing here looks at what other logs say: of somebody who has left the notices stay, and nobody is left to be shown
// them.
//
// Written by `apply` functions only. Owned by `ShardState`; a single thread.

import type { Partition } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import { notificationGroupsMax } from '../../protocol/limits.ts'
import { type NotificationKind, notificationKinds } from '../../protocol/notifications.ts'
import type { Hosting } from './hosting.ts'
import { absent } from './memory/id-table.ts'
import { type Notice, NoticeLists } from './notice-lists.ts'
import type { Users } from './users/users.ts'

export type { Notice }

/** Notices that are kept of a group: about one tweet, and of one day's follows. */
export const noticesPerTweetMax = 16
export const noticesPerDayMax = 100
/** A list that is no longer than this just grows. */
const tidiedFrom = 64
const dayMs = 24 * 60 * 60 * 1000

/** The number of a kind. */
export const noticeKind = Object.fromEntries(
  notificationKinds.map((name, number) => [name, number]),
) as Readonly<Record<NotificationKind, number>>

/** What somebody did: ids of users, and the tweet as a dense index. */
export type Deed = {
  readonly kind: NotificationKind
  readonly actorId: number
  readonly recipientId: number
  readonly subject?: number
}

/** Alike notices: the newest first, one of each actor. */
export type NoticeGroup = { readonly kind: number; readonly notices: readonly Notice[] }

export class Notices {
  readonly #lists = new NoticeLists()
  readonly #users: Pick<Users, 'index'>
  readonly #hosting: Pick<Hosting, 'keepsEdges'>
  #arrivalCount = 0

  constructor(users: Pick<Users, 'index'>, hosting: Pick<Hosting, 'keepsEdges'>) {
    this.#users = users
    this.#hosting = hosting
  }

  /** How many notices have reached this process: the offset of a live position. */
  get arrivalCount(): number {
    return this.#arrivalCount
  }

  /** Notices of everybody, and their bytes outside the JavaScript heap. */
  get count(): number {
    return this.#lists.count
  }

  get bytes(): number {
    return this.#lists.bytes
  }

  /** Notes that somebody did something, unless it concerns themselves alone. */
  note(deed: Deed, id: number): void {
    const { actorId, recipientId } = deed
    if (!this.#isKept(deed)) return
    const { index } = this.#users
    const notice = {
      id,
      kind: noticeKind[deed.kind],
      actor: index.intern(actorId),
      subject: deed.subject ?? absent,
      isTakenBack: false,
      arrival: ++this.#arrivalCount,
    }
    this.#insert(index.intern(recipientId), notice)
  }

  /** Notes that somebody has taken back what they did. */
  takeBack(deed: Deed): void {
    if (!this.#isKept(deed)) return
    const { index } = this.#users
    const { subject = absent, kind } = deed
    const actor = index.intern(deed.actorId)
    this.#lists.takeBack(index.intern(deed.recipientId), {
      kind: noticeKind[kind],
      actor,
      subject,
    })
  }

  /** What is told of a tweet came before the tweet itself, which is here now: only now can it be shown. */
  subjectArrived(author: number, subject: number): void {
    if (this.#lists.arriveAgain(author, subject, this.#arrivalCount + 1)) this.#arrivalCount++
  }

  /** What counts of a user's notices, by groups. The group whose newest notice is the newest comes first. */
  groupsOf(user: number): readonly NoticeGroup[] {
    const groups = new Map<number, { kind: number; notices: Notice[] }>()
    for (let place = this.#lists.length(user) - 1; place >= 0; place--) {
      if (groups.size === notificationGroupsMax) break
      const notice = this.#lists.at(user, place)
      const { kind, actor } = notice
      const key = groupOf(notice)
      const notices = groups.get(key)?.notices
      if (notices === undefined) groups.set(key, { kind, notices: [notice] })
      else if (notices.length < keptMax(kind) && !notices.some((other) => other.actor === actor)) {
        notices.push(notice)
      }
    }
    return [...groups.values()]
  }

  /** What counts of a user's notices, ascending by id: for snapshots and moves. */
  listOf(user: number): readonly Notice[] {
    const notices = this.groupsOf(user).flatMap((group) => group.notices)
    return notices.sort((left, right) => left.id - right.id)
  }

  has(user: number): boolean {
    return this.#lists.length(user) > 0
  }

  /** Users who have notices are below this index. */
  get usersEnd(): number {
    return this.#lists.ownersEnd
  }

  /** Fetches ahead what `restore` asks for of the first `count` users. */
  prefetch(users: Int32Array, count: number): void {
    this.#lists.prefetch(users, count)
  }

  /** Takes a notice over from another state or a snapshot. */
  restore(user: number, notice: Omit<Notice, 'arrival'>): void {
    const { id, isTakenBack } = notice
    const isNew = this.#insert(user, { ...notice, arrival: 0 })
    // It alone: the same may have been done again since, which is a notice of its own.
    if (!isNew && isTakenBack) this.#lists.takeBackOne(user, id)
  }

  /** Removes what is kept for a partition alone that is hosted no longer. Gives after each user how much it looked at. */
  *removeOf(partition: Partition): Generator<number> {
    const { index } = this.#users
    for (let user = 0; user < this.#lists.ownersEnd; user++) {
      const length = this.#lists.length(user)
      if (length > 0) {
        const target = index.partitionOf(user)
        const isKept = ({ actor }: Notice): boolean => {
          const source = index.partitionOf(actor)
          const concerns = source === partition || target === partition
          return !concerns || this.#hosting.keepsEdges(source, target)
        }
        const notices = this.listOf(user)
        const kept = notices.filter(isKept)
        if (kept.length < notices.length) this.#lists.replace(user, kept)
      }
      yield length
    }
  }

  #isKept({ actorId, recipientId }: Deed): boolean {
    if (actorId === recipientId) return false
    return this.#hosting.keepsEdges(partitionOfId(actorId), partitionOfId(recipientId))
  }

  #insert(user: number, notice: Notice): boolean {
    const length = this.#lists.length(user)
    if (length >= tidiedFrom && length === this.#lists.room(user)) this.#tidy(user)
    return this.#lists.insert(user, notice)
  }

  /** Applies the rule; where it drops little, the list may as well grow: so a notice costs little on average. */
  #tidy(user: number): void {
    const kept = this.listOf(user)
    if (kept.length <= this.#lists.length(user) * (3 / 4)) this.#lists.replace(user, kept)
  }
}

function keptMax(kind: number): number {
  return kind === noticeKind.follow ? noticesPerDayMax : noticesPerTweetMax
}

/** The day of a follow, counted from 1970 (UTC). */
export function dayOf(id: number): number {
  return Math.floor(timeOfId(id) / dayMs)
}

/** Below it are all dense indexes and all days. */
const keysPerKind = 2 ** 32

function groupOf({ id, kind, actor, subject }: Notice): number {
  let key = subject
  if (kind === noticeKind.follow) key = dayOf(id)
  if (kind === noticeKind.follow_request || kind === noticeKind.follow_approved) key = actor
  return kind * keysPerKind + key
}
