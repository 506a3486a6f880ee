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

const countersFirst = 2 ** 10
/** A megabyte for each of the two kinds. */
const countersMax = 2 ** 18
const maskMax = countersMax - 1

export class Changes {
  #counts = new Uint32Array(countersFirst)
  #ownCounts = new Uint32Array(countersFirst)
  /** Of which counter is a user's. */
  #mask = countersFirst - 1
  #all = 0

  /** What is known of a user is about to change, or has changed. */
  note(user: number): void {
    if (user > this.#mask && this.#mask < maskMax) this.#reach(user)
    this.#counts[user & this.#mask]!++
  }

  /** The same, of what is between two users. */
  noteBoth(one: number, other: number): void {
    this.note(one)
    this.note(other)
  }

  /** The same, of what nobody else is shown. */
  noteOwn(user: number): void {
    if (user > this.#mask && this.#mask < maskMax) this.#reach(user)
    this.#ownCounts[user & this.#mask]!++
  }

  /** What is known of anybody may have changed. */
  noteAll(): void {
    this.#all++
  }

  /** A number that is another one after any change of the user (modulo 2^32). */
  of(user: number): number {
    return (this.#counts[user & this.#mask]! + this.#all) >>> 0
  }

  /** The same with what nobody else is shown. */
  ofOwn(user: number): number {
    return (this.of(user) + this.#ownCounts[user & this.#mask]!) >>> 0
  }

  /** More counters, up to as many as there may be: each user's goes on from the one that was shared. */
  #reach(user: number): void {
    let counters = this.#mask + 1
    while (counters <= user && counters < countersMax) counters *= 2
    this.#counts = repeated(this.#counts, counters)
    this.#ownCounts = repeated(this.#ownCounts, counters)
    this.#mask = counters - 1
  }
}

function repeated(shorter: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length)
  for (let start = 0; start < length; start += shorter.length) longer.set(shorter, start)
  return longer
}
