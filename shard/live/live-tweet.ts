// The push of a tweet: who gets it, and its bytes, which are the same for everybody who gets it by one channel.
//
// A quoted tweet comes with it. Of those who get the push some may have muted that one: they get a second
// push, which leaves it out.

import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { timelineTweet } from '../../protocol/pushes/timeline-tweet.ts'
import { formatOffset } from '../operations/live-offset.ts'
import { writeTweetAlone } from '../operations/tweet-page.ts'
import { isForAll, mayShow, type Rule } from '../operations/visibility.ts'
import { absent } from '../state/memory/id-table.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { Send } from './live-counts.ts'
import { noteShown, type Subscriber } from './live-subscribers.ts'

type Given = {
  readonly tweet: number
  readonly epoch: string
  /** Whose channel it goes by; undefined for the home timeline. */
  readonly tag?: string
}

export class TweetPush {
  readonly #state: ShardState
  readonly #given: Given
  readonly #original: number
  /** The quoted tweet that the push shows, or -1. */
  readonly #quoted: number
  /** Who gets the push without it. */
  readonly #withoutQuoted: Subscriber[] = []

  constructor(state: ShardState, given: Given) {
    this.#state = state
    this.#given = given
    const { tweets } = state
    this.#original = tweets.originalOf(given.tweet)
    const quoted = tweets.referencedBy(this.#original < 0 ? given.tweet : this.#original)
    // One that a block or a limit concerns is in no push.
    const isIn = quoted >= 0 && tweets.isShown(quoted) && isForAll(state, quoted)
    this.#quoted = isIn ? quoted : absent
  }

  /** One more to get it. */
  add(subscriber: Subscriber): void {
    noteShown(subscriber, this.#given.tweet)
    if (this.#original >= 0) noteShown(subscriber, this.#original)
    if (!this.#showsQuoted(subscriber.user)) {
      this.#withoutQuoted.push(subscriber)
      return
    }
    if (this.#quoted >= 0) noteShown(subscriber, this.#quoted)
    subscriber.gateway.addRecipient(subscriber.slot)
  }

  /** True as well where nothing is quoted. */
  #showsQuoted(reader: number): boolean {
    return this.#quoted < 0 || mayShow(this.#state, { reader, tweet: this.#quoted })
  }

  /** Sends it to those who were added. */
  send(send: Send, writer: MessagePackWriter): void {
    send(timelineTweet, () => this.#encode(writer, this.#quoted))
    if (this.#withoutQuoted.length === 0) return
    for (const { gateway, slot } of this.#withoutQuoted) gateway.addRecipient(slot)
    send(timelineTweet, () => this.#encode(writer, absent))
  }

  #encode(writer: MessagePackWriter, quoted: number): Uint8Array {
    const { tweet, epoch, tag } = this.#given
    const view = this.#state
    writer.reset()
    // Whoever is sent a retweet may see its original.
    const rule: Rule = (_view, sight) => sight.tweet === this.#original || sight.tweet === quoted
    writeTweetAlone(writer, view, { tweet, reader: -1, rule, more: tag === undefined ? 1 : 2 })
    writer.text('position')
    // A tag waits for no delivery: all that have arrived were pushed.
    const offset = tag === undefined ? offsetOf(view) : view.tweets.arrivalCount
    writer.text(`${epoch}:${offset}`)
    if (tag !== undefined) {
      writer.text('channel')
      writer.text(`tag:${tag}`)
    }
    return writer.view()
  }
}

/** How far the pushes have come: tweets on their way to very many are not among them yet. */
function offsetOf({ tweets, timelines }: ShardState): string {
  const missing: number[] = []
  for (const { tweetId } of timelines.underWay) {
    missing.push(tweets.arrivalOf(tweets.indexOf(tweetId)))
  }
  return formatOffset({ arrivals: tweets.arrivalCount, missing })
}
