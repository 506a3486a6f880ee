// Tweet bodies: each encoded, ready to be copied into an answer; by the dense index of its tweet.
//
// With a budget, the bodies that came first move to a cold store, and are read there from then on: the
// newest are what nearly everybody reads. None comes back, so reading changes nothing.
//
// Owned by tweets.ts, which says where in the record of a tweet its body's place is noted.

import type { Tweet } from '../../../protocol/entities.ts'
import { tweetField } from '../../../protocol/entities.ts'
import type { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { fetched } from '../memory/fetching.ts'
import type { RecordField } from '../memory/records.ts'
import { entryOf, writeEntries, writeEntriesOf } from '../users/users.ts'
import { BodyPages } from './body-pages.ts'
import type { ColdBodies } from './cold-bodies.ts'

/** The part of a tweet that never changes. */
export type Body = Omit<Tweet, 'counts' | 'viewer'>

/** The body of a tweet as it lies in a snapshot, from `from` up to `to` of `bytes`, and what it shows. */
export type StoredBody = {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  readonly media: readonly { readonly id: string }[]
}

export class TweetBodies {
  /** Bodies that are in the cold store. */
  coldCount = 0
  /** How often a body was read from the cold store. */
  coldReadCount = 0
  readonly #pages = new BodyPages()
  /** Where the body lies in memory; 0 where it is in the cold store, or there is none. */
  readonly #references: RecordField
  readonly #hasBody: (tweet: number) => boolean
  #cold: ColdBodies | undefined

  constructor(references: RecordField, hasBody: (tweet: number) => boolean) {
    this.#references = references
    this.#hasBody = hasBody
  }

  get bytes(): number {
    return this.#pages.bytes + (this.#cold?.bytes ?? 0)
  }

  /** See `Tweets`. */
  keepWithin({ bytesMax, cold }: { readonly bytesMax: number; readonly cold: ColdBodies }): void {
    this.#cold = cold
    this.#pages.keepWithin({
      bytesMax: bytesMax - cold.bytesMax,
      moveOut: (tweet, body) => {
        if (!cold.put(tweet, body)) return false
        this.#references.set(tweet, 0)
        this.coldCount++
        return true
      },
    })
  }

  /** @param range the part of `bytes` that is the encoded body (all of it where left out) */
  put(tweet: number, bytes: Uint8Array, range?: { from: number; to: number }): void {
    this.#references.set(tweet, this.#pages.put(tweet, bytes, range))
  }

  forget(tweet: number): void {
    const reference = this.#references.get(tweet)
    this.#references.set(tweet, 0)
    if (reference !== 0) {
      this.#pages.free(reference)
      return
    }
    this.#cold!.delete(tweet)
    this.coldCount--
  }

  /** Fetches what `write` will read ahead. */
  warm(tweets: readonly number[]): void {
    let sum = 0
    for (const tweet of tweets) {
      const reference = this.#references.get(tweet)
      if (reference !== 0) sum += this.#pages.touch(reference)
    }
    fetched.sum = sum
  }

  /** Writes the body as a map that `more` entries will follow in. */
  write(writer: MessagePackWriter, tweet: number, more: number): void {
    const reference = this.#references.get(tweet)
    if (reference !== 0) writeEntries(writer, this.#pages, { reference, more })
    else writeEntriesOf(writer, this.#coldBody(tweet), more)
  }

  /** The encoded entries behind one byte that counts them: good until a tweet comes or goes. */
  view(tweet: number): Uint8Array {
    const reference = this.#references.get(tweet)
    return reference !== 0 ? this.#pages.view(reference) : this.#coldBody(tweet)
  }

  #coldBody(tweet: number): Uint8Array {
    if (this.#cold === undefined || !this.#hasBody(tweet))
      throw new RangeError(`tweet ${tweet} has no body`)
    this.coldReadCount++
    return this.#cold.get(tweet)
  }
}

/** What the encoded body of a tweet shows. Most show nothing, and are not decoded for it. */
export function mediaOf(encoded: Uint8Array): readonly { readonly id: string }[] {
  if (Buffer.prototype.indexOf.call(encoded, mediaKey) < 0) return []
  return (entryOf(encoded, tweetField.fields, 'media') as Body['media']) ?? []
}

/** How the name of the field stands in a body that has it; a text may hold the same by chance. */
const mediaKey = Buffer.from('\xa5media', 'latin1')
