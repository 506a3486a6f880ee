// The follow graph: who follows whom, as far as one end of the edge is hosted, with the counts of everybody.
//
//   followers    of a hosted user complete; of anybody else those who are hosted, for fan-out
//   followings   of hosted users
//
// Part of `ShardState`, which says why; the rule in full is that of hosting.ts. A follow makes the follower's
// timeline doubtful, so it is dropped. Written by `apply` functions and by what loads and moves facts.

import { partitionOfId } from '../../protocol/ids.ts'
import { EdgeLists } from './graph/edge-lists.ts'
import type { Hosting } from './hosting.ts'
import type { Users } from './users/users.ts'

export class FollowGraph {
  readonly followers = new EdgeLists()
  readonly followings = new EdgeLists()
  readonly #users: Users
  readonly #hosting: Hosting
  readonly #dropTimeline: (user: number) => void
  /** Whom a user follows of late, for `followMany`. */
  #followees = new Uint32Array(64)

  constructor(given: { users: Users; hosting: Hosting; dropTimeline: (user: number) => void }) {
    this.#users = given.users
    this.#hosting = given.hosting
    this.#dropTimeline = given.dropTimeline
  }

  /** Puts all staged edges into their lists. */
  settle(): void {
    this.followers.settleStaged()
    this.followings.settleStaged()
  }

  follow(followerId: number, followeeId: number): void {
    const users = this.#users
    const follower = users.index.intern(followerId)
    const followee = users.index.intern(followeeId)
    users.following.add(follower, 1)
    users.followers.add(followee, 1)
    this.#users.changes.noteBoth(follower, followee)
    const source = partitionOfId(followerId)
    if (this.#hosting.keepsEdges(source, partitionOfId(followeeId))) {
      this.followers.add(followee, follower)
    }
    if (this.#hosting.keepsOwn(source)) {
      this.followings.add(follower, followee)
      this.#dropTimeline(follower)
    }
  }

  /**
   * Lets one user follow many, none of whom they follow yet: what `follow` does for each, but the lists are
   * gone through once.
   * @param followeeIds distinct; the first `count` hold
   */
  followMany(followerId: number, followeeIds: Float64Array, count: number): void {
    const users = this.#users
    const follower = users.index.intern(followerId)
    const source = partitionOfId(followerId)
    const keepsOwn = this.#hosting.keepsOwn(source)
    if (this.#followees.length < count) this.#followees = new Uint32Array(count * 2)
    const followees = this.#followees.subarray(0, count)
    for (let place = 0; place < count; place++) {
      const followeeId = followeeIds[place]!
      const followee = users.index.intern(followeeId)
      followees[place] = followee
      users.followers.add(followee, 1)
      this.#users.changes.noteBoth(follower, followee)
      if (keepsOwn || this.#hosting.keepsEdges(source, partitionOfId(followeeId))) {
        this.followers.add(followee, follower)
      }
    }
    users.following.add(follower, count)
    if (!keepsOwn) return
    this.followings.addMany(follower, followees.sort())
    this.#dropTimeline(follower)
  }

  unfollow(followerId: number, followeeId: number): void {
    const users = this.#users
    const follower = users.index.intern(followerId)
    const followee = users.index.intern(followeeId)
    users.following.add(follower, -1)
    users.followers.add(followee, -1)
    this.#users.changes.noteBoth(follower, followee)
    this.followers.remove(followee, follower)
    if (this.#hosting.keepsOwn(partitionOfId(followerId))) {
      this.followings.remove(follower, followee)
      this.#dropTimeline(follower)
    }
  }

  /** Adds one of many edges to `followers`, and to no count. */
  stageFollower(followee: number, follower: number): void {
    this.#users.changes.noteBoth(follower, followee)
    this.followers.stage(followee, follower)
  }

  /** Adds one of many edges to `followings`, and to no count. */
  stageFollowing(follower: number, followee: number): void {
    this.#users.changes.noteBoth(follower, followee)
    this.followings.stage(follower, followee)
  }
}
