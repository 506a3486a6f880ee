// Deletions: the latest tweets that were deleted, in order, for those who come back to a live stream.

/** Deletions that are remembered; who was away for more reads a fresh page. */
export const deletionsRememberedMax = 4096

type Deletion = {
  /** Dense index. */
  readonly tweet: number
  /** How many tweets had arrived by then. */
  readonly afterArrival: number
}

export class Deletions {
  readonly #latest: Deletion[] = []
  /** Deletions up to this arrival may have been forgotten; -1 while none has. */
  #forgottenUpTo = -1

  note(deletion: Deletion): void {
    this.#latest.push(deletion)
    if (this.#latest.length <= deletionsRememberedMax) return
    this.#forgottenUpTo = this.#latest.shift()!.afterArrival
  }

  /** What was deleted after so many had arrived, and some more; undefined where it may be forgotten. */
  since(arrivalCount: number): readonly number[] | undefined {
    if (arrivalCount <= this.#forgottenUpTo) return undefined
    const since = this.#latest.filter(({ afterArrival }) => afterArrival >= arrivalCount)
    return since.map(({ tweet }) => tweet)
  }
}
