// The state of a shard process: all tables, and the few rules that touch several of them at once.
//
// Two kinds of facts live here. *Public* facts reach every process through the logs and are kept for
// the whole cluster: users, tweets, counts, each author's tweets. *Hosted* facts are kept only for
// the users whose partitions this process hosts: sessions, whom they follow, who follows them, their
// marks (favorites, bookmarks), their home timelines.
//
// An edge of the follow graph is kept if one of its ends is hosted: `followers` of a hosted user is
// then complete (for lists and counts), and `followers` of anybody else holds the hosted followers
// (for fan-out). While a partition is hosted anew its facts arrive one source at a time, so in full the
// rule is that of hosting.ts.
//
// Logs of different partitions arrive interleaved in any order, so every rule here must give the
// same result in whatever order events of *different* partitions are applied. Within a partition the
// order is that of its log.
//
// A home timeline is, by definition, the newest 800 tweets of those whom the user follows and their
// own, without replies between others (audience.ts); deleted ones count, and are left out when it is read. It
// is a cache: whatever makes it doubtful drops it, and the next read builds it anew from the authors' lists.

import { appRecord } from '../../protocol/apps.ts'
import type { Partition, UserId } from '../../protocol/ids.ts'
import { partitionOfId, partitionsMax, timeOfId } from '../../protocol/ids.ts'
import { actionsPerUserMax, appsPerUserMax, reportsPerUserMax } from '../../protocol/limits.ts'
import { actionRecord, reportRecord } from '../../protocol/moderation.ts'
import { Collections } from './collections.ts'
import { FavoriteOrder } from './favorite-order.ts'
import { FollowGraph } from './follow-graph.ts'
import { FollowRequests } from './follow-requests.ts'
import type { EdgeLists } from './graph/edge-lists.ts'
import {
  type Adoption,
  assertSameEntry,
  assertWhole,
  copyHosted,
  copyRemembered,
  removeHosted,
} from './hosted-facts.ts'
import { Hosting } from './hosting.ts'
import { PublicIndex } from './index/public-index.ts'
import { Interests } from './interests.ts'
import { Marks } from './marks.ts'
import { UnattachedMedia } from './media/unattached-media.ts'
import { IdLists } from './memory/id-lists.ts'
import { absent } from './memory/id-table.ts'
import { MutedWords } from './muted-words.ts'
import { Notices } from './notices.ts'
import { Places } from './places.ts'
import { ProfileTabs } from './profile-tabs.ts'
import { Promotions } from './promotions.ts'
import { Rankings } from './rankings.ts'
import { RememberedOperations } from './remembered-operations.ts'
import { keepOwn } from './timelines/audience.ts'
import { Delivery } from './timelines/delivery.ts'
import { OnlineUsers } from './timelines/online-users.ts'
import { Timelines } from './timelines/timelines.ts'
import { Tweets } from './tweets/tweets.ts'
import { Accounts } from './users/accounts.ts'
import { type KeptRecords, UserRecords } from './users/user-records.ts'
import { Users } from './users/users.ts'

export class ShardState {
  readonly tweets = new Tweets()
  readonly users = new Users(this.tweets.files)
  /** What is found by words and names: derived, and off at first. */
  readonly index = new PublicIndex(this)
  readonly requests = new FollowRequests(this.users)
  readonly marked = new Marks(this.users)
  readonly favoriteOrder = new FavoriteOrder()
  /** Home timelines in the order of rank: derived. */
  readonly rankings = new Rankings()
  readonly mutedWords = new MutedWords(this.users.flags)
  /** Author to the ids of their tweets, deleted ones included. */
  readonly authored = new IdLists()
  /** Tweet to the ids of the replies to it, and to those of its retweets, without deleted ones. */
  readonly repliesTo = new IdLists()
  readonly retweetsOf = new IdLists((original) =>
    this.users.changes.note(this.tweets.authorOf(original)),
  )
  readonly profileTabs = new ProfileTabs()
  /** Which tweets were written where: derived. */
  readonly places = new Places()
  /** Lists and moments. */
  readonly collections = new Collections()
  /** Who pays for which tweets to be shown, and who has seen them; what hosted users care about: derived. */
  readonly promotions = new Promotions()
  readonly interests = new Interests(this)
  readonly accounts = new Accounts({
    index: this.users.index,
    logTimeMsOf: (userId) => this.logTimeMs(partitionOfId(userId)),
  })
  /** What hosted users have uploaded of late. */
  readonly unattachedMedia = new UnattachedMedia((id) => this.logTimeMs(partitionOfId(id)))
  /** The applications of hosted users, what they reported, and what operators did about them. */
  readonly apps = new UserRecords(appRecord, appsPerUserMax)
  readonly reports = new UserRecords(reportRecord, reportsPerUserMax)
  readonly actions = new UserRecords(actionRecord, actionsPerUserMax)
  readonly userRecords: readonly KeptRecords[] = [this.apps, this.reports, this.actions]
  /** Which hosted facts are kept: asked for every event. */
  readonly hosting = new Hosting()
  /** What others did that concerns a user. */
  readonly notices = new Notices(this.users, this.hosting)
  /** 1 for a hosted user who has a live subscription on some gateway. */
  readonly online = new OnlineUsers()
  readonly timelines = new Timelines({
    authored: this.authored,
    followings: () => this.followings,
    keepOwn: (reader, given) => keepOwn(this, reader, given),
  })
  /**
   * From so many followers here on, a tweet is not delivered at once but begun in `timelines`: for whoever
   * sees to it (shard/fanout/). Where nobody does, all are delivered at once.
   */
  largeDeliveryMin = Infinity
  /** Called when a tweet goes into timelines at once; what it gives back is called when that is done. */
  onDelivery: () => () => void = () => nothing
  readonly #lastIssuedIds = new Float64Array(partitionsMax)
  readonly #graph = new FollowGraph({
    users: this.users,
    hosting: this.hosting,
    dropTimeline: (user) => this.timelines.drop(user),
  })
  readonly #remembered = new Map<Partition, RememberedOperations>()
  readonly #delivery = new Delivery(this)
  /** Whom the last `deliver` found online, as dense indexes. */
  readonly recipients: readonly number[] = this.#delivery.recipients

  /** Author to followers, by the rule above. */
  get followers(): EdgeLists {
    return this.#graph.followers
  }

  /** Hosted user to those whom they follow. */
  get followings(): EdgeLists {
    return this.#graph.followings
  }

  /** Hosts a partition from its start: before anything of any log is applied or loaded. */
  host(partition: Partition): void {
    this.hosting.host(partition)
    this.users.changes.noteAll()
  }

  /** Whether all hosted facts of a partition are here. */
  hosts(partition: Partition): boolean {
    return this.hosting.isComplete(partition)
  }

  /** Whether what the log of this user's partition says of them is kept here. */
  isHosted(userId: number): boolean {
    return this.hosting.keepsOwn(partitionOfId(userId))
  }

  /**
   * Takes what a state on the side knows of a partition from one source, in steps of about a millisecond. That state hosts
   * `partition`, and has read the log of `source`, and no other, up to exactly the entry that was applied here last,
   * whenever a step begins. What is applied here from the first step on is kept. No count changes. A source may come
   * again, and they come in any order, each partition of the cluster once; a partition adopts itself, too.
   * @param from undefined for a source whose own facts are all here (`hosting.hasArrived(source, source)`)
   * @returns whether the partition is hosted now: all its sources are here
   * @throws Error where the side state stands elsewhere, or what came is not whole; then `unhost`
   */
  *adopt(from: ShardState | undefined, given: Adoption): Generator<void, boolean> {
    const { partition, source, partitionCount } = given
    const { hosting } = this
    if (this.hosts(partition)) return true
    hosting.assertNotLeaving(partition)
    if (!hosting.hasArrived(source, partition)) {
      const isHere = hosting.hasArrived(source, source)
      if (!isHere && !from?.hosts(partition)) {
        throw new Error(`the state on the side does not host partition ${partition}`)
      }
      if (from !== undefined) assertSameEntry(this, from, source)
      if (!isHere && source === partition) yield* copyRemembered(this, from!, given)
      hosting.arrive(source, partition)
      if (!isHere) yield* copyHosted(this, from!, given)
    }
    if (!hosting.haveAllArrived(partition, partitionCount)) return false
    yield* assertWhole(this, partition)
    this.host(partition)
    return true
  }

  /**
   * Forgets the hosted facts of a partition. They count no longer from the call on; their memory comes
   * back step by step, about a millisecond each: go on to the end before the partition is hosted again.
   */
  unhost(partition: Partition): Generator<void> {
    this.hosting.leave(partition)
    this.users.changes.noteAll()
    return removeHosted(this, partition)
  }

  /** What users have marked in one way (`favorites`, `blocks`): user to ids. */
  marks(kind: string): IdLists {
    return this.marked.of(kind)
  }

  /** The kinds of marks that there are, in the order of their names. */
  markKinds(): readonly string[] {
    return this.marked.kinds()
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

  /** Up to when a partition's log is known to reach: milliseconds since 1970; 0 where it holds nothing. */
  logTimeMs(partition: Partition): number {
    const id = this.lastIssuedId(partition)
    return id === 0 ? 0 : timeOfId(id)
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

  forgetRemembered(partition: Partition): void {
    this.#remembered.delete(partition)
  }

  follow(followerId: UserId, followeeId: UserId): void {
    this.#graph.follow(followerId, followeeId)
  }

  followMany(followerId: number, followeeIds: Float64Array, count: number): void {
    this.#graph.followMany(followerId, followeeIds, count)
  }

  unfollow(followerId: UserId, followeeId: UserId): void {
    this.#graph.unfollow(followerId, followeeId)
    this.notices.takeBack({ kind: 'follow', actorId: followerId, recipientId: followeeId })
  }

  /** Puts staged edges into their lists, which whoever looks at a list next would do: many at a time take long. */
  settleFollows(): void {
    this.#graph.settle()
  }

  stageFollower(followee: number, follower: number): void {
    this.#graph.stageFollower(followee, follower)
  }

  stageFollowing(follower: number, followee: number): void {
    this.#graph.stageFollowing(follower, followee)
  }

  /**
   * Writes a tweet into the home timelines of its hosted audience and its author, and notes who of them is
   * online in `recipients`; of a large delivery, that is the author alone, and whom it replies to.
   * @param repliedTo whose tweet it replies to, if that is somebody else
   */
  deliver(author: number, tweetId: number, repliedTo: number = absent): void {
    this.#delivery.deliver({ author, repliedTo }, tweetId)
  }

  /** Notes in `recipients` who is online of those to whom a tweet was delivered before. */
  findRecipients(tweet: number): void {
    const author = this.tweets.authorOf(tweet)
    this.#delivery.findRecipients({ author, repliedTo: this.tweets.repliedTo(tweet) })
  }

  /**
   * Copies ids of a hosted user's home timeline, newest first, all older than `before`, deleted ones
   * included. Builds the timeline first where there is none.
   * @returns how many were copied.
   */
  readHome(user: number, page: { before: number; limit: number }, out: Float64Array): number {
    return this.timelines.read(user, page, out)
  }

  /** Whether a user's home timeline holds an id: undefined where that is known only once it is read. */
  holdsHome(user: number, id: number): boolean | undefined {
    return this.timelines.holds(user, id)
  }

  /** Takes a timeline's memory back: the next read builds it anew. */
  dropTimeline(user: number): void {
    this.timelines.drop(user)
  }
}

const nothing = (): undefined => undefined
