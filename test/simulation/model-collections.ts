// The model of lists and moments: plain objects, as naive as can be.

export type ModelCollection = {
  readonly kind: 'list' | 'moment'
  readonly id: number
  readonly owner: number
  title: string
  isPrivate: boolean
  /** The tweet that stands for a moment. */
  cover?: number | undefined
  /** Users, or tweets in their order. */
  items: number[]
}

export class ModelCollections {
  madeCount = 0
  all: ModelCollection[] = []
  /** Pairs [who follows, collection]. */
  follows: [number, number][] = []

  /** Not all who count are shown: a block between owner and member hides the member, and some have left. */
  members(list: ModelCollection, isShown: (user: number) => boolean): number[] {
    return list.items.filter(isShown).sort((left, right) => right - left)
  }

  followersOf(id: number): number {
    return this.follows.filter(([, collection]) => collection === id).length
  }

  isFollowing(user: number, id: number): boolean {
    return this.follows.some(([who, collection]) => who === user && collection === id)
  }

  unfollow(user: number, id: number): void {
    this.follows = this.follows.filter(([who, collection]) => who !== user || collection !== id)
  }

  /** What somebody has made, and what they follow, goes with their account. In the lists of others they stay. */
  leave(user: number): void {
    this.all = this.all.filter(({ owner }) => owner !== user)
    this.follows = this.follows.filter(([who]) => who !== user)
  }
}
