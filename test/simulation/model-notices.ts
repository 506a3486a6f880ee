// The model of what notifications there are, as far as nothing else in the model says so.

type Pair = [number, number]

export class ModelNotices {
  /** Pairs [follower, followee] of follows that were not asked for, as long as they last. */
  followed: Pair[] = []
  /** Pairs [who has approved, who had asked]. */
  readonly approved: Pair[] = []
  /** Up to which id a user has read. */
  readonly readUpTo = new Map<number, number>()

  unfollowed(follower: number, followee: number): void {
    this.followed = this.followed.filter(([from, to]) => from !== follower || to !== followee)
  }
}
