// Reads pushed tweets without decoding the same bytes twice.
//
// All recipients of a tweet behind one shard process are sent the same bytes, mostly one after the other.
// To compare a few hundred bytes takes a fraction of what it takes to decode them, so the pushes decoded
// last are kept, and most pushes are found among them.

import { decodeValue } from '../../protocol/message-pack-reader.ts'
import { timelineTweet } from '../../protocol/pushes/timeline-tweet.ts'
import type { Ledger, Post } from './ledger.ts'

/** As many as may arrive mixed: the tweets of some milliseconds, once for each shard process. */
const keptMax = 16

export type TweetPush = { readonly post: Post | undefined; readonly position: string }

export class TweetPushes {
  readonly #ledger: Ledger
  readonly #kept: { bytes: Buffer; push: TweetPush }[] = []
  #next = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** @param data of a `timeline.tweet` push; it is not kept. */
  read(data: Uint8Array): TweetPush {
    for (const { bytes, push } of this.#kept) {
      if (bytes.length === data.length && bytes.equals(data)) return push
    }
    const { tweet, position } = decodeValue(field, data) as {
      tweet: { text: string }
      position: string
    }
    const push = { post: this.#ledger.find(tweet.text), position }
    this.#kept[this.#next++ % keptMax] = { bytes: Buffer.from(data), push }
    return push
  }
}

const field = { kind: 'record', fields: timelineTweet.data } as const
