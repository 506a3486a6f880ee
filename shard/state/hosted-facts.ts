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
import type { Accounts } from './accounts.ts'
import type { Adjacency } from './adjacency.ts'
import type { FavoriteOrder } from './favorite-order.ts'
import type { Hosting } from './hosting.ts'
import { isPublicKind, type Marks } from './marks.ts'
import type { MutedWords } from './muted-words.ts'
import type { Notices } from './notices.ts'
import { INDEX_LIMIT } from './paged-table.ts'
import type { RememberedOperations } from './remembered-operations.ts'
import type { Tweets } from './tweets.ts'
import type { UnattachedMedia } from './unattached-media.ts'
import type { KeptRecords } from './user-records.ts'
import type { Users } from './users.ts'

/** The tables of a `ShardState` that hold hosted facts. */
export type HostedFacts = {
  readonly users: Users
  readonly tweets: Pick<Tweets, 'idOf' | 'intern'>
  readonly favoriteOrder: FavoriteOrder
  readonly followers: Adjacency
  readonly followings: Adjacency
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
    facts.marked.forgetHosted(user)
    facts.favoriteOrder.clear(user)
    facts.mutedWords.clear(user)
    facts.accounts.forget(facts.users.idOf(user))
    facts.unattachedMedia.forget(facts.users.idOf(user))
    for (const records of facts.userRecords) records.forget(facts.users.idOf(user))
    facts.dropTimeline(user)
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

/**
 * Copies what `from` knows of a partition out of the log of `source`. It may be called again for what is
 * there already.
 * @throws Error where `from` does not stand where `to` stands in that log, as far as one can tell
 */
export function copyHosted(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source }: { partition: Partition; source: Partition },
): void {
  const [here, there] = [to.lastIssuedId(source), from.lastIssuedId(source)]
  if (here !== there) {
    throw new Error(
      `partition ${source} is at id ${here}, and at ${there} in the state on the side`,
    )
  }
  copyNotices(to, from, { partition, source })
  if (source !== partition) copyInbound(to, from, { partition, source })
  else for (const user of from.users.index.listOf(partition)) copyUser(to, from, user)
  if (source !== partition) return
  for (const done of from.remembered(partition).entries()) to.remembered(partition).restore(done)
  // A timeline of somebody who was not hosted knows only their own tweets.
  for (const user of to.users.index.listOf(partition)) to.dropTimeline(user)
}

function copyInbound(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source }: { partition: Partition; source: Partition },
): void {
  const { index } = from.users
  for (const user of index.listOf(partition)) {
    const followee = to.users.index.intern(index.idOf(user))
    from.followers.forEach(user, (follower) => {
      if (index.partitionOf(follower) !== source) return
      to.stageFollower(followee, to.users.index.intern(index.idOf(follower)))
    })
  }
}

/** Those that concern users of the partition; of what its own users did, all. */
function copyNotices(
  to: HostedFacts,
  from: HostedFacts,
  { partition, source }: { partition: Partition; source: Partition },
): void {
  const copyOf = (user: number): void => {
    const notices = from.notices.listOf(user)
    if (notices.length === 0) return
    const copy = to.users.index.intern(from.users.idOf(user))
    for (const notice of notices) {
      const { subject } = notice
      to.notices.restore(copy, {
        ...notice,
        actor: to.users.index.intern(from.users.idOf(notice.actor)),
        subject: subject < 0 ? subject : to.tweets.intern(from.tweets.idOf(subject)),
      })
    }
  }
  if (source !== partition) from.users.index.forEachOf(partition, copyOf)
  else for (let user = 0; user < from.notices.usersEnd; user++) copyOf(user)
}

function copyUser(to: HostedFacts, from: HostedFacts, user: number): void {
  const userId = from.users.idOf(user)
  const copy = to.users.index.intern(userId)
  from.followings.forEach(user, (followee) => {
    const followeeCopy = to.users.index.intern(from.users.idOf(followee))
    to.stageFollowing(copy, followeeCopy)
    to.stageFollower(followeeCopy, copy)
  })
  for (const kind of from.marked.kinds()) {
    if (isPublicKind(kind)) continue
    const marks = from.marked.of(kind)
    const count = marks.length(user)
    for (let place = 0; place < count; place++) to.marked.add(kind, copy, marks.at(user, place))
  }
  const favorites = from.favoriteOrder.length(user)
  for (let place = 0; place < favorites; place++) {
    const { number, tweet } = from.favoriteOrder.at(user, place)
    to.favoriteOrder.restore(copy, { number, tweet: to.tweets.intern(from.tweets.idOf(tweet)) })
  }
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
}

/**
 * Whoever hosts a partition has as many edges as were counted, both ways.
 * @throws Error where that is not so: a source was left out, or stood somewhere else in its log
 */
export function assertWhole(facts: HostedFacts, partition: Partition): void {
  const { users, followers, followings } = facts
  users.index.forEachOf(partition, (user) => {
    const edges = [followers.degree(user), followings.degree(user)]
    const counted = [users.followers.get(user), users.following.get(user)]
    if (edges[0] === counted[0] && edges[1] === counted[1]) return
    throw new Error(
      `user ${users.idOf(user)} of partition ${partition} has ${edges.join(' and ')} edges, ` +
        `and should have ${counted.join(' and ')}: what was adopted is not whole`,
    )
  })
}
