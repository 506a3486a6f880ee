// Reply parents: which tweet a tweet replies to, for those who climb threads and ask it of the same tweets again
// and again. The body says so, and has to be decoded for it; and what it says never changes.
//
//   tweet 70,005     place 4,469 (of 65,536)     [ tweet 70,005   replies to id 907 ]
//
// A cache of one size: what has the same place drives out what was there. Nothing is held until somebody asks.
//
// Owned by tweets.ts; a single thread.

import type { TweetId } from '../../../protocol/ids.ts'

/** Tweets whose parents are kept: more than a climb from each of the newest 800 looks at. A power of two. */
export const parentsKept = 65_536

export class ReplyParents {
  readonly #read: (tweet: number) => TweetId | undefined
  /** By place: the index of a tweet plus one; the id of what it replies to, or 0. */
  #tweets = new Uint32Array(0)
  #parents = new Float64Array(0)

  /** @param read reads the same out of the body of a tweet */
  constructor(read: (tweet: number) => TweetId | undefined) {
    this.#read = read
  }

  /** The id of the tweet that this one replies to; it may be deleted. Only for a tweet that has a body. */
  of(tweet: number): TweetId | undefined {
    if (this.#tweets.length === 0) {
      this.#tweets = new Uint32Array(parentsKept)
      this.#parents = new Float64Array(parentsKept)
    }
    const place = tweet % parentsKept
    if (this.#tweets[place] !== tweet + 1) {
      this.#parents[place] = this.#read(tweet) ?? 0
      this.#tweets[place] = tweet + 1
    }
    const parent = this.#parents[place]!
    return parent === 0 ? undefined : (parent as TweetId)
  }
}
