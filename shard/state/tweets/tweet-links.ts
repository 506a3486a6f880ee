// Tweet links: which tweets and people a tweet hangs on, as dense indexes.
//
//   a reply      whose tweet it replies to, if not its author's own: it is for those who follow both
//   a retweet    the original
//   a quote      the quoted tweet
//
// A retweet neither replies nor quotes, so one place serves the last two. Two words for each tweet, side by side
// and apart from its record: whoever builds a timeline anew looks at 800 of them and at nothing else.
//
// Owned by tweets.ts; a single thread. Links stay when a tweet is deleted.

import { absent } from '../memory/id-table.ts'
import { Records } from '../memory/records.ts'

/** Where a tweet comes from: the indexes of its author and of the one replied to; what it refers to, by id. */
export type Origin = {
  readonly author: number
  readonly repliedTo?: number | undefined
  readonly retweetOf?: number | undefined
  readonly quoteOf?: number | undefined
}

/** The same by index. */
export type Links = {
  /** The user replied to, who is not the author. */
  readonly repliedTo?: number | undefined
  /** The original of a retweet, or the tweet that is quoted. */
  readonly referenced?: number | undefined
}

const [repliedTo, referenced] = [0, 1] as const

export class TweetLinks {
  /** Indexes plus one, so that 0 is nothing. */
  readonly #links = new Records(2)

  get bytes(): number {
    return this.#links.bytes
  }

  set(tweet: number, links: Links): void {
    this.#links.set(tweet, repliedTo, (links.repliedTo ?? absent) + 1)
    this.#links.set(tweet, referenced, (links.referenced ?? absent) + 1)
  }

  /** The user whose tweet it replies to; -1 for a reply to oneself, and for what is no reply. */
  repliedTo(tweet: number): number {
    return this.#links.get(tweet, repliedTo) - 1
  }

  /** The original of a retweet, or the tweet that is quoted; -1 where there is neither. */
  referenced(tweet: number): number {
    return this.#links.get(tweet, referenced) - 1
  }
}
