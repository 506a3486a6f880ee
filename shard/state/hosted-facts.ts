// Hosted facts on the move: what a process forgets when it hosts a partition no longer, and what it
// takes over when it hosts one anew. `ShardState` owns the tables; the flags are in hosting.ts.
//
// What follows flows from users of q into partition p is told by the log of q, all the rest about the
// users of p by their own log. So the facts of p come from several sources, each in a state on the side
// that has read just that source:
//
//     side state (hosts p, has read q)  --  edges q -> p                         -->  live state
//     side state (hosts p, has read p)  --  edges p -> anybody, sessions, marks  -->  live state
//
// Ids cross over, indexes never do: each state has its own. Counts do not move either: every process has
// counted all logs all the time.

import type { Partition } from '../../protocol/ids.ts'
import { type FavoriteOrder, favoriteEntry } from './favorite-order.ts'
import type { EdgeLists } from './graph/edge-lists.ts'
import type { Hosting } from './hosting.ts'
import { isPublicKind, type Marks } from './marks.ts'
import type { UnattachedMedia } from './media/unattached-media.ts'
import { INDEX_LIMIT } from './memory/paged-table.ts'
import type { MutedWords } from './muted-words.ts'
import type { Notices } from './notices.ts'
import type { RememberedOperations } from './remembered-operations.ts'
import type { Tweets } from './tweets/tweets.ts'
import type { Accounts } from './users/accounts.ts'
import type { KeptRecords } from './users/user-records.ts'
import type { Users } from './users/users.ts'

/** The tables of a `ShardState` that hold hosted facts. */
export type HostedFacts = {
  readonly users: Users
  readonly tweets: Pick<Tweets, 'idOf' | 'intern'>
  readonly favoriteOrder: FavoriteOrder
  readonly followers: EdgeLists
  readonly followings: EdgeLists
  readonly accounts: Accounts
  readonly unattachedMedia: UnattachedMedia
  readonly hosting: Hosting
  readonly marked: Marks
  readonly mutedWords: MutedWords
  readonly notices: Notices
  readonly userRecords: readonly KeptRecords[]
  remembered(partition: Partition): RememberedOperations
  forgetRemembered(partition: Partition): void
  lastIssuedId(partition: Partition): number
  dropTimeline(user: number): void
  stageFollower(followee: number, follower: number): void
  stageFollowing(follower: number, followee: number): void
  settleFollows(): void
}

/** Facts that one step removes at most: about a millisecond. */
export const stepFactsMax = 1_000
const chunkEdges = 256

/** Removes the hosted facts of a partition whose flags are lowered already. */
export function* removeHosted(facts: HostedFacts, partition: Partition): Generator<void> {
  let removed = 0
  for (const user of facts.users.index.listOf(partition)) {
    for (const edges of edgesRemoved(facts, user, partition)) {
      removed += edges
      if (removed < stepFactsMax) continue
      removed = 0
      yield
    }
    forgetUser(facts, user)
    removed++
  }
  for (const looked of facts.notices.removeOf(partition)) {
    removed += 1 + looked
    if (removed < stepFactsMax) continue
    removed = 0
    yield
  }
  facts.forgetRemembered(partition)
  facts.hosting.left(partition)
}

/** Removes the edges of one user that no flag keeps. Gives after each chunk how many it looked at. */
function* edgesRemoved(facts: HostedFacts, user: number, partition: Partition): Generator<number> {
  const { followers, followings, hosting } = facts
  const { index } = facts.users
  const chunk = new Uint32Array(chunkEdges)
  for (;;) {
    const count = followings.copyTo(user, { from: 0, to: INDEX_LIMIT }, chunk)
    for (const followee of chunk.subarray(0, count)) {
      followings.remove(user, followee)
      if (!hosting.keepsEdges(partition, index.partitionOf(followee))) {
        followers.remove(followee, user)
      }
    }
    yield count
    if (count < chunkEdges) break
  }
  for (let from = 0; ; ) {
    const count = followers.copyTo(user, { from, to: INDEX_LIMIT }, chunk)
    for (const follower of chunk.subarray(0, count)) {
      if (!hosting.keepsEdges(index.partitionOf(follower), partition)) {
        followers.remove(user, follower)
      }
    }
    yield count
    if (count < chunkEdges) break
    from = chunk[count - 1]! + 1
  }
}

/** What is taken from a state on the side. */
export type Adoption = {
  readonly partition: Partition
  readonly source: Partition
  readonly partitionCount: number
  /** Facts of one step; `stepFactsMax` unless a test wants fewer. */
  readonly stepFacts?: number
}

/**
 * Copies what `from` knows of a partition out of the log of `source`, in steps. From the first one on `to` keeps what comes;
 * so what a step copies is as `from` has it then, and stays the same on both sides.
 * @throws Error where `from` does not stand where `to` stands in that log when a step begins, as far as one can tell
 */
export function* copyHosted(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source, stepFacts = stepFactsMax }: Adoption,
): Generator<void> {
  const of = { partition, source }
  const first = source === partition ? copyOwn(to, from, partition) : copyInbound(to, from, of)
  let copied = 0
  for (const part of [first, copyNotices(to, from, of)]) {
    for (const facts of part) {
      copied += facts
      if (copied < stepFacts) continue
      copied = 0
      to.settleFollows()
      yield
      assertSameEntry(to, from, source)
    }
  }
}

/** @throws Error where two states do not stand at the same entry of a log, as far as one can tell */
export function assertSameEntry(to: HostedFacts, from: HostedFacts, source: Partition): void {
  const [here, there] = [to.lastIssuedId(source), from.lastIssuedId(source)]
  if (here === there) return
  throw new Error(`partition ${source} is at id ${here}, and at ${there} in the state on the side`)
}

/** Copies what retries are remembered by, in the order of time: so before anything comes to it by itself. */
export function* copyRemembered(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source, stepFacts = stepFactsMax }: Adoption,
): Generator<void> {
  let copied = 0
  for (const done of from.remembered(partition).entries()) {
    to.remembered(partition).restore(done)
    if (++copied % stepFacts !== 0) continue
    yield
    assertSameEntry(to, from, source)
  }
}

/** What the partition's own log says of its users. Gives after each how much that was, as the others do. */
function* copyOwn(to: HostedFacts, from: HostedFacts, partition: Partition): Generator<number> {
  for (const user of from.users.index.listOf(partition)) yield copyUser(to, from, user)
}

function* copyInbound(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source }: Pick<Adoption, 'partition' | 'source'>,
): Generator<number> {
  const { index } = from.users
  for (const user of index.listOf(partition)) {
    const followee = to.users.index.intern(index.idOf(user))
    let edges = 0
    from.followers.forEach(user, (follower) => {
      if (index.partitionOf(follower) !== source) return
      to.stageFollower(followee, to.users.index.intern(index.idOf(follower)))
      edges++
    })
    yield 1 + edges
  }
}

/** Those that concern users of the partition; of what its own users did, all. */
function* copyNotices(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source }: Pick<Adoption, 'partition' | 'source'>,
): Generator<number> {
  const isOwn = source === partition
  const users = isOwn ? indexesUpTo(from.notices.usersEnd) : from.users.index.listOf(partition)
  for (const user of users) {
    if (!from.notices.has(user)) continue
    const notices = from.notices.listOf(user)
    const copy = to.users.index.intern(from.users.idOf(user))
    for (const notice of notices) {
      const { subject } = notice
      to.notices.restore(copy, {
        ...notice,
        actor: to.users.index.intern(from.users.idOf(notice.actor)),
        subject: subject < 0 ? subject : to.tweets.intern(from.tweets.idOf(subject)),
      })
    }
    yield notices.length
  }
}

/** Of what concerns a user alone, this state may have the newest already: it is as `from` has it then. */
function copyUser(to: HostedFacts, from: HostedFacts, user: number): number {
  const userId = from.users.idOf(user)
  const copy = to.users.index.intern(userId)
  forgetUser(to, copy)
  let facts = 1
  from.followings.forEach(user, (followee) => {
    const followeeCopy = to.users.index.intern(from.users.idOf(followee))
    to.stageFollowing(copy, followeeCopy)
    to.stageFollower(followeeCopy, copy)
    facts++
  })
  for (const kind of from.marked.kinds()) {
    if (isPublicKind(kind)) continue
    const marks = from.marked.of(kind)
    const ids = Float64Array.from({ length: marks.length(user) }, (_, at) => marks.at(user, at))
    to.marked.addMany(kind, copy, ids, ids.length)
    facts += ids.length
  }
  const favorites = from.favoriteOrder.length(user)
  const entries = Float64Array.from({ length: favorites }, (_, place) => {
    const { number, tweet } = from.favoriteOrder.at(user, place)
    return favoriteEntry(number, to.tweets.intern(from.tweets.idOf(tweet)))
  })
  to.favoriteOrder.restoreMany(copy, entries, favorites)
  for (const word of from.mutedWords.of(user)) to.mutedWords.add(copy, word)
  const passwordHash = from.accounts.passwordHash(userId)
  if (passwordHash !== undefined) {
    to.accounts.create({ userId, passwordHash, contact: from.accounts.contact(userId) })
  }
  for (const session of from.accounts.sessionsOf(userId)) {
    to.accounts.restoreSession(userId, session)
  }
  for (const medium of from.unattachedMedia.listOf(userId)) to.unattachedMedia.put(userId, medium)
  for (const [kind, records] of from.userRecords.entries()) {
    for (const encoded of records.encodedOf(userId)) to.userRecords[kind]!.restore(userId, encoded)
  }
  return facts + favorites
}

/** Forgets what concerns a user alone: all but their edges, and what others are told of them. */
function forgetUser(facts: HostedFacts, user: number): void {
  const userId = facts.users.idOf(user)
  facts.marked.forgetHosted(user)
  facts.favoriteOrder.clear(user)
  facts.mutedWords.clear(user)
  facts.accounts.forget(userId)
  facts.unattachedMedia.forget(userId)
  for (const records of facts.userRecords) records.forget(userId)
  // It was built from whom they followed as far as that was known.
  facts.dropTimeline(user)
}

function* indexesUpTo(end: number): Generator<number> {
  for (let index = 0; index < end; index++) yield index
}

/**
 * Whoever hosts a partition has as many edges as were counted, both ways. Looks in steps.
 * @throws Error where that is not so: a source was left out, or stood somewhere else in its log
 */
export function* assertWhole(facts: HostedFacts, partition: Partition): Generator<void> {
  const { users } = facts
  let looked = 0
  for (const user of users.index.listOf(partition)) {
    const edges = [facts.followers.degree(user), facts.followings.degree(user)]
    const counted = [users.followers.get(user), users.following.get(user)]
    if (edges[0] !== counted[0] || edges[1] !== counted[1]) {
      throw new Error(
        `user ${users.idOf(user)} of partition ${partition} has ${edges.join(' and ')} edges, ` +
          `and should have ${counted.join(' and ')}: what was adopted is not whole`,
      )
    }
    if (++looked % stepFactsMax === 0) yield
  }
}
