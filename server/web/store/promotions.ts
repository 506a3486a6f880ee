// The promoted tweets beside the home timeline, and which of them the reader has had before their eyes.
//
// They are no entries of the timeline: each stands in front of one, and goes where that goes. An impression that
// comes twice, with two pages, is shown once and told once.

import { RequestFailure } from '../../../protocol/errors.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import type { Promoted } from '../../../protocol/promotions.ts'
import type { Call } from '../wire/call.ts'
import { promotionsKnownMax } from '../wire/limits.ts'
import type { Entities } from './entities.ts'

export class Promotions {
  readonly #call: Call
  readonly #entities: Entities
  /** By the entry that each stands in front of. */
  readonly #byEntry = new Map<TweetId, Promoted>()
  readonly #shown = new Set<string>()
  readonly #told = new Set<string>()

  constructor(parts: { readonly call: Call; readonly entities: Entities }) {
    this.#call = parts.call
    this.#entities = parts.entities
  }

  /** Takes in those of a page. */
  learn(page: {
    readonly tweets: readonly { readonly id: TweetId }[]
    readonly promoted?: readonly Promoted[]
  }): void {
    for (const promoted of page.promoted ?? []) {
      const entry = page.tweets[promoted.place] ?? page.tweets.at(-1)
      if (entry === undefined || this.#shown.has(promoted.impression)) continue
      if (this.#shown.size >= promotionsKnownMax) this.#forget()
      this.#shown.add(promoted.impression)
      this.#byEntry.set(entry.id, promoted)
      this.#entities.learnTweet(promoted.tweet)
    }
  }

  /** What stands in front of this entry. */
  before(id: TweetId): Promoted | undefined {
    return this.#byEntry.get(id)
  }

  /** It has been on the screen for as long as counts. */
  async seen({ promotionId, impression }: Promoted): Promise<void> {
    if (this.#told.has(impression)) return
    this.#told.add(impression)
    try {
      await this.#call('promotion.impression', { promotionId, impression })
    } catch (error) {
      // It ended meanwhile, or the line is away for long: then it does not count.
      if (!(error instanceof RequestFailure)) throw error
    }
  }

  #forget(): void {
    this.#byEntry.clear()
    this.#shown.clear()
  }
}
