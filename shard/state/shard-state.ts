// The state of a shard process: all tables, and the few rules that touch several of them at once.
//
// Two kinds of facts live here. *Public* facts reach every process through the logs and are kept for
// the whole cluster: users, tweets, counts, each author's tweets. *Hosted* facts are kept only for
// the users whose partitions this process hosts: sessions, whom they follow, who follows them, their
// marks (favorites, bookmarks), their home timelines.
//
// An edge of the follow graph is kept if one of its ends is hosted: `followers` of a hosted user is
// then complete (for lists and counts), and `followers` of anybody else holds the hosted followers
// (for fan-out).
//
// Logs of different partitions arrive interleaved in any order, so every rule here must give the
// same result in whatever order events of *different* partitions are applied. Within a partition the
// order is that of its log.
//
// A home timeline is, by definition, the newest 800 tweets of those whom the user follows and their
// own; deleted ones count, and are left out when it is read. It is a cache: whatever makes it doubtful
// drops it, and the next read builds it anew from the authors' lists.

import type { Partition, UserId } from '../../protocol/ids.ts'
import { partitionOfId, partitionsMax } from '../../protocol/ids.ts'
import { timelineLengthMax } from '../../protocol/limits.ts'
import { Accounts } from './accounts.ts'
import { Adjacency } from './adjacency.ts'
import { Uint8Column } from './columns.ts'
import { IdLists } from './id-lists.ts'
import { mergeNewest } from './merge-newest.ts'
import { RememberedOperations } from './remembered-operations.ts'
import { TimelineRings } from './timeline-rings.ts'
import { Tweets } from './tweets.ts'
import { Users } from './users.ts'

export class ShardState {
  readonly users = new Users()
  readonly tweets = new Tweets()
  /** Author to the ids of their tweets, deleted ones included. */
  readonly authored = new IdLists()
  /** Author to followers, by the rule above. */
  readonly followers = new Adjacency()
  /** Hosted user to those whom they follow. */
  readonly followings = new Adjacency()
  readonly accounts = new Accounts()
  /** 1 for a hosted user who has a live subscription on some gateway. */
  readonly online = new Uint8Column()
  /** Whom the last `deliver` found online, as dense indexes; the first `recipientCount` hold. */
  recipients = new Uint32Array(64)
  recipientCount = 0
  /** Tweets written into home timelines since the start. */
  deliveryCount = 0
  readonly #timelines = new TimelineRings()
  readonly #lastIssuedIds = new Float64Array(partitionsMax)
  readonly #hosted = new Uint8Array(partitionsMax)
  readonly #remembered = new Map<Partition, RememberedOperations>()
  readonly #marks = new Map<string, IdLists>()
  readonly #merged = new Float64Array(timelineLengthMax)

  host(partition: Partition): void {
    this.#hosted[partition] = 1
  }

  isHosted(userId: number): boolean {
    return this.#hosted[partitionOfId(userId)] === 1
  }

  /**
   * The tweets that hosted users have marked in one way (`favorites`, `bookmarks`): user to tweet ids. A
   * new kind of mark begins with its name.
   */
  marks(kind: string): IdLists {
    let marks = this.#marks.get(kind)
    if (marks === undefined) {
      marks = new IdLists()
      this.#marks.set(kind, marks)
    }
    return marks
  }

  /** Notes an id of the log, so that a later primary of its partition gives out larger ones. */
  noteIssuedId(id: number): void {
    const partition = partitionOfId(id)
    if (id > this.#lastIssuedIds[partition]!) this.#lastIssuedIds[partition] = id
  }

  /** The largest id that the log of a partition is known to hold; 0 where it has none. */
  lastIssuedId(partition: Partition): number {
    return this.#lastIssuedIds[partition]!
  }

  /** The retries that one partition remembers. */
  remembered(partition: Partition): RememberedOperations {
    let remembered = this.#remembered.get(partition)
    if (remembered === undefined) {
      remembered = new RememberedOperations()
      this.#remembered.set(partition, remembered)
    }
    return remembered
  }

  follow(followerId: UserId, followeeId: UserId): void {
    const follower = this.users.index.intern(followerId)
    const followee = this.users.index.intern(followeeId)
    this.users.following.add(follower, 1)
    this.users.followers.add(followee, 1)
    if (this.isHosted(followerId) || this.isHosted(followeeId)) {
      this.followers.add(followee, follower)
    }
    if (this.isHosted(followerId)) {
      this.followings.add(follower, followee)
      this.#timelines.drop(follower)
    }
  }

  unfollow(followerId: UserId, followeeId: UserId): void {
    const follower = this.users.index.intern(followerId)
    const followee = this.users.index.intern(followeeId)
    this.users.following.add(follower, -1)
    this.users.followers.add(followee, -1)
    this.followers.remove(followee, follower)
    if (this.isHosted(followerId)) {
      this.followings.remove(follower, followee)
      this.#timelines.drop(follower)
    }
  }

  /**
   * Writes a tweet into the home timelines of its hosted followers and its author, and notes who of
   * them is online in `recipients`.
   */
  deliver(author: number, tweetId: number): void {
    this.recipientCount = 0
    this.#deliverTo(author, tweetId)
    this.followers.forEach(author, (follower) => this.#deliverTo(follower, tweetId))
  }

  /**
   * Copies ids of a hosted user's home timeline, newest first, all older than `before`, deleted ones
   * included. Builds the timeline first where there is none.
   * @returns how many were copied.
   */
  readHome(user: number, page: { before: number; limit: number }, out: Float64Array): number {
    if (!this.#timelines.has(user)) this.#rebuild(user)
    return this.#timelines.readBefore(user, page, out)
  }

  /** Takes a timeline's memory back: the next read builds it anew. */
  dropTimeline(user: number): void {
    this.#timelines.drop(user)
  }

  get timelineBytes(): number {
    return this.#timelines.bytes
  }

  #deliverTo(user: number, tweetId: number): void {
    if (this.#timelines.insert(user, tweetId)) this.deliveryCount++
    if (this.online.get(user) === 0) return
    if (this.recipientCount === this.recipients.length) {
      const larger = new Uint32Array(this.recipientCount * 2)
      larger.set(this.recipients)
      this.recipients = larger
    }
    this.recipients[this.recipientCount++] = user
  }

  #rebuild(user: number): void {
    const authors = [user]
    this.followings.forEach(user, (followee) => authors.push(followee))
    const count = mergeNewest(this.authored, authors, timelineLengthMax, this.#merged)
    this.#timelines.fill(user, this.#merged, count)
  }
}
