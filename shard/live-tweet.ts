// The push of a tweet, as bytes: the same for everybody who gets it by one channel.

import type { MessagePackWriter } from '../protocol/message-pack.ts'
import type { View } from './operations/implement.ts'
import { formatOffset } from './operations/live-offset.ts'
import { writeTweetAlone } from './operations/tweet-page.ts'
import { isForAll, type Rule } from './operations/visibility.ts'
import type { ShardState } from './state/shard-state.ts'

/** @param given `tag`: whose channel it goes by; undefined for the home timeline */
export function encodeTweetPush(
  writer: MessagePackWriter,
  state: ShardState,
  given: { readonly tweet: number; readonly epoch: string; readonly tag: string | undefined },
): Uint8Array {
  const { tweet, epoch, tag } = given
  const view: View = state
  writer.reset()
  const original = view.tweets.originalOf(tweet)
  // Whoever is sent a retweet may see its original; of a quoted tweet nothing is known.
  const rule: Rule = (_view, sight) => sight.tweet === original || isForAll(view, sight.tweet)
  writeTweetAlone(writer, view, { tweet, reader: -1, rule, more: tag === undefined ? 1 : 2 })
  writer.text('position')
  // A tag waits for no delivery: all that have arrived were pushed.
  const offset = tag === undefined ? offsetOf(state) : view.tweets.arrivalCount
  writer.text(`${epoch}:${offset}`)
  if (tag !== undefined) {
    writer.text('channel')
    writer.text(`tag:${tag}`)
  }
  return writer.view()
}

/** How far the pushes have come: tweets on their way to very many are not among them yet. */
function offsetOf({ tweets, timelines }: ShardState): string {
  const missing: number[] = []
  for (const { tweetId } of timelines.underWay) {
    missing.push(tweets.arrivalOf(tweets.indexOf(tweetId)))
  }
  return formatOffset({ arrivals: tweets.arrivalCount, missing })
}
