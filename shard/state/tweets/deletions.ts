// Deletions: the latest tweets that were deleted, in order, for those who come back to a live stream.
//
// Who shows a deleted tweet is told of it a little later, and may be told of new tweets before. So a deletion counts from
// when all were told: until then no position says that its bearer knows of it.
//
//   tweet 7   tweet 5 deleted   tweet 8 (position 8)   all are told of 5   tweet 9 (position 9)
//             told to who comes back with 8, or with less            |     not to who comes back with 9

/** Deletions that are remembered; who was away for more reads a fresh page. */
export const deletionsRememberedMax = 4096

type Deletion = {
  /** Dense index. */
  readonly tweet: number
  /** How many tweets had arrived by then. */
  readonly afterArrival: number
}

export class Deletions {
  #latest: Deletion[] = []
  /** Who shows them is being told. */
  readonly #untold = new Set<number>()
  /** Deletions up to this arrival may have been forgotten; -1 while none has. */
  #forgottenUpTo = -1

  note(deletion: Deletion): void {
    this.#latest.push(deletion)
    if (this.#latest.length <= deletionsRememberedMax) return
    this.#forgottenUpTo = this.#latest.shift()!.afterArrival
  }

  /** A deletion that was just noted is told later than at once: `told` says when. */
  toldLater(tweet: number): void {
    this.#untold.add(tweet)
  }

  /** Whoever showed these tweets was told of it, and so many had arrived by then. */
  told(tweets: ReadonlySet<number>, afterArrival: number): void {
    this.#latest = this.#latest.filter(({ tweet }) => !tweets.has(tweet))
    for (const tweet of tweets) {
      this.#untold.delete(tweet)
      this.note({ tweet, afterArrival })
    }
  }

  /**
   * The dense indexes of what was deleted after so many had arrived; some more may be among them. Undefined where that is
   * too long ago to be remembered.
   */
  since(arrivalCount: number): readonly number[] | undefined {
    if (arrivalCount <= this.#forgottenUpTo) return undefined
    const since = this.#latest.filter(
      ({ tweet, afterArrival }) => afterArrival >= arrivalCount || this.#untold.has(tweet),
    )
    const noted = new Set(since.map(({ tweet }) => tweet))
    // Very many deletions may have come meanwhile.
    for (const tweet of this.#untold) noted.add(tweet)
    return [...noted]
  }
}
