// Large deliveries: tweets on their way to very many followers, a stretch of owners at a time.
//
//   owners            0 ........ 300,000 ........ 600,000 ........ 1,000,000
//   tweet 51 of ada   [==== done ====][ running ][ - - - to come - - - - - ]
//   tweet 58 of bob   [== done ==][ - - - - - - - - to come - - - - - - - - ]
//
// Like two postmen who share one bicycle: each rides a few streets, then the other one does, and no street is
// visited by both at a time. One author's tweets go in their order; authors take turns, so that a
// backlog of one does not hold up another.
//
// It is known of each tweet how far it has come. From there on no timeline may receive anything newer
// directly: that waits (timelines.ts) until the tweet has passed. So it finds itself the newest wherever
// it comes, and needs not look, unless another large delivery went ahead of it.
//
// Plain bookkeeping, without threads or rings: who does the work asks for a round, and tells its end.

/** A tweet on its way. */
export type LargeDelivery = {
  readonly author: number
  /** Who follows this user as well receives it, nobody else; -1 unless it is a reply to somebody else. */
  readonly repliedTo: number
  readonly tweetId: number
  /** One past the last owner that it goes to. */
  readonly end: number
  /** Owners below this one have it. */
  progress: number
  /** Whether no ring beyond `progress` holds a newer tweet. */
  isNewest: boolean
}

/** A stretch of owners that one tweet goes to next: from `from` to before `to`. */
export type Round = {
  readonly delivery: LargeDelivery
  readonly from: number
  readonly to: number
  readonly isNewest: boolean
}

export class LargeDeliveries {
  /** In the order in which they began. */
  readonly #all: LargeDelivery[] = []
  /** Authors in the order of their turns. */
  readonly #turns: number[] = []
  #running: Round | undefined

  get count(): number {
    return this.#all.length
  }

  get running(): Round | undefined {
    return this.#running
  }

  [Symbol.iterator](): Iterator<LargeDelivery> {
    return this.#all.values()
  }

  /**
   * @param begun `isNewest`: no ring holds a newer tweet; `end`: one past the last owner there is
   */
  begin(begun: Omit<LargeDelivery, 'progress'>): void {
    this.#all.push({ ...begun, progress: 0 })
    if (!this.#turns.includes(begun.author)) this.#turns.push(begun.author)
  }

  /**
   * The next stretch, for whoever does the work; `ended` has to be told before there is another one.
   * @param ownersOf how many owners a round of this author's tweets should span
   */
  next(ownersOf: (author: number) => number): Round | undefined {
    if (this.#running !== undefined) throw new Error('a round is running already')
    const author = this.#turns.shift()
    if (author === undefined) return undefined
    this.#turns.push(author)
    const delivery = this.#all.find((one) => one.author === author)!
    const { progress: from, end, tweetId } = delivery
    const isAhead = (one: LargeDelivery): boolean => one.tweetId > tweetId && one.progress > from
    if (this.#all.some(isAhead)) delivery.isNewest = false
    const to = Math.min(end, from + Math.max(1, ownersOf(author)))
    this.#running = { delivery, from, to, isNewest: delivery.isNewest }
    return this.#running
  }

  /** The running round is done. @returns whether the tweet has come to its end */
  ended(): boolean {
    const round = this.#running
    if (round === undefined) throw new Error('no round is running')
    this.#running = undefined
    const { delivery, to } = round
    delivery.progress = to
    if (to < delivery.end) return false
    this.#all.splice(this.#all.indexOf(delivery), 1)
    for (const other of this.#all) {
      if (other.tweetId < delivery.tweetId) other.isNewest = false
    }
    const { author } = delivery
    if (!this.#all.some((one) => one.author === author)) {
      this.#turns.splice(this.#turns.indexOf(author), 1)
    }
    return true
  }

  /** Whether a tweet has to wait for an older one that has not come to this owner yet. */
  isBefore(owner: number, tweetId: number): boolean {
    for (const delivery of this.#all) {
      if (delivery.progress <= owner && delivery.tweetId < tweetId) return true
    }
    return false
  }

  /** Whether some tweet has not come to this owner yet. */
  isExpected(owner: number): boolean {
    for (const { progress } of this.#all) if (progress <= owner) return true
    return false
  }
}
