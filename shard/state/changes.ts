// Changes: how often what is known of a user has changed, besides their counts.
//
//   of      what others are shown of them, or is between them and others: the card, the flags, the marks that are
//           public (blocks, who may see which tweet), whom they follow and who follows them, requests
//   ofOwn   that, and what only they are shown: what they have favored, bookmarked, retweeted, muted
//
// Like the date on a file card: whoever has copied something off the card sees from the date alone whether the copy
// is still right. Users share counters where there are more of them than counters, so a count may tell of a change
// that was somebody else's; it never keeps one to itself.
//
// Made from the facts as they are applied, so in no snapshot. Owned by whoever holds the state; a single thread.

/** A megabyte for each of the two kinds. */
const counters = 2 ** 18

export class Changes {
  readonly #counts = new Uint32Array(counters)
  readonly #ownCounts = new Uint32Array(counters)
  #all = 0

  /** What is known of a user is about to change, or has changed. */
  note(user: number): void {
    this.#counts[user & (counters - 1)]!++
  }

  /** The same, of what is between two users. */
  noteBoth(one: number, other: number): void {
    this.note(one)
    this.note(other)
  }

  /** The same, of what nobody else is shown. */
  noteOwn(user: number): void {
    this.#ownCounts[user & (counters - 1)]!++
  }

  /** What is known of anybody may have changed. */
  noteAll(): void {
    this.#all++
  }

  /** A number that is another one after any change of the user (modulo 2^32). */
  of(user: number): number {
    return (this.#counts[user & (counters - 1)]! + this.#all) >>> 0
  }

  /** The same with what nobody else is shown. */
  ofOwn(user: number): number {
    return (this.of(user) + this.#ownCounts[user & (counters - 1)]!) >>> 0
  }
}
