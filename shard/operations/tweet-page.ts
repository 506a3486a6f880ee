// Tweets in an answer, with what they refer to: the originals of retweets, the quoted tweets, and all authors.
//
//   tweets      [ ada's retweet of 51   bob's tweet, which quotes 40 ]
//   referenced  [ 51   40   and what 51 quotes ]        each once, and none that stands among the tweets
//   users       [ ada   bob   the authors of the others ]
//
// A retweet is nothing without its original, so the two come together. What a quoted tweet quotes is left to
// those who ask for that tweet.
//
// A page ends by bytes as well as by number. That is looked at when it is written, as nearly every page is far from
// it: one that has become too long is taken back, and written again with as many tweets as are likely to fit.

import { pageBytesMax } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { View } from './implement.ts'
import {
  addAuthors,
  type TweetPage,
  tweetsKey,
  writeOlderCursor,
  writeTweet,
  writeTweets,
  writeUsers,
} from './present.ts'
import type { Rule } from './visibility.ts'

type Shown = {
  readonly tweets: readonly number[]
  readonly reader: number
  /** What hides referenced tweets. */
  readonly rule: Rule
}

type Given = {
  readonly page: TweetPage
  readonly reader: number
  readonly rule: Rule
  /** Entries that follow. */
  readonly more: number
  /** Tweets among those, whose authors and referenced tweets are to be here as well. */
  readonly beside?: readonly number[]
  /** Users who are to be here in any case. */
  readonly owners?: readonly number[]
}

/**
 * Writes a map with the entries `tweets`, `referenced`, `users` and `olderCursor`, and room for more. The page ends
 * earlier where it would have more than `pageBytesMax`, if it may.
 * @returns all tweets that are in the answer, for `noteShown`
 */
export function writeTweetPage(
  writer: MessagePackWriter,
  view: View,
  given: Given,
): readonly number[] {
  const { page } = given
  if (page.cursorAt === undefined) return writeWholePage(writer, view, given)
  return writeFitting(writer, page.tweets.length, (count) =>
    writeWholePage(writer, view, { ...given, page: cutPage(page, count) }),
  )
}

/**
 * Writes something of `count` entries, or of fewer where it has more than `pageBytesMax`; of one in any case.
 * @param write writes so many of them; it may be called more than once, and only the last call stays
 */
export function writeFitting<T>(
  writer: MessagePackWriter,
  count: number,
  write: (count: number) => T,
): T {
  const start = writer.length
  for (let left = count; ; ) {
    const written = write(left)
    const bytes = writer.length - start
    if (bytes <= pageBytesMax || left <= 1) return written
    writer.truncate(start)
    left = Math.max(1, Math.floor((left * pageBytesMax) / bytes))
  }
}

/** The first tweets of a page that may be cut. */
export function cutPage(page: TweetPage, count: number): TweetPage {
  if (count >= page.tweets.length || page.cursorAt === undefined) return page
  return { tweets: page.tweets.slice(0, count), olderCursor: page.cursorAt(count - 1) }
}

/** What a tweet takes in an answer with all that it refers to, in bytes, without users. */
export function bytesOf({ tweets }: View, tweet: number): number {
  const steps = tweets.isRetweet(tweet) ? 3 : 2
  let bytes = 0
  for (let at = tweet, step = 0; step < steps && at >= 0 && tweets.isShown(at); step++) {
    bytes += tweets.body(at).length
    at = tweets.referencedBy(at)
  }
  return bytes
}

/** Whether tweets fit into one answer that has to have all of them. */
export function doFit(view: View, tweets: readonly number[]): boolean {
  let left = pageBytesMax
  return tweets.every((tweet) => {
    left -= bytesOf(view, tweet)
    return left >= 0
  })
}

/** As `writeTweetPage`, with all tweets of the page. */
export function writeWholePage(
  writer: MessagePackWriter,
  view: View,
  given: Given,
): readonly number[] {
  const { page, reader, rule, more, beside, owners = none } = given
  const tweets =
    beside === undefined || beside.length === 0 ? page.tweets : [...beside, ...page.tweets]
  const referenced = referencedBy(view, { tweets, reader, rule })
  const optional = (referenced.length === 0 ? 0 : 1) + (page.olderCursor === undefined ? 0 : 1)
  writer.map(2 + optional + more)
  writer.raw(tweetsKey)
  writeTweets(writer, view, { tweets: page.tweets, reader })
  writeReferenced(writer, view, { referenced, reader })
  const shown = referenced.length === 0 ? tweets : [...tweets, ...referenced]
  const authors: number[] = [...owners]
  addAuthors(view, shown, authors)
  writeUsers(writer, view, { users: authors, reader })
  writeOlderCursor(writer, page)
  return shown
}

/**
 * Writes a map with the entries `tweet`, `referenced` and `users`, and room for more.
 * @returns all tweets that are in the answer, for `noteShown`
 */
export function writeTweetAlone(
  writer: MessagePackWriter,
  view: View,
  given: {
    readonly tweet: number
    readonly reader: number
    readonly rule: Rule
    readonly more: number
  },
): readonly number[] {
  const { tweet, reader, rule, more } = given
  const referenced = referencedBy(view, { tweets: [tweet], reader, rule })
  writer.map((referenced.length === 0 ? 2 : 3) + more)
  writer.text('tweet')
  writeTweet(writer, view, { tweet, reader })
  writeReferenced(writer, view, { referenced, reader })
  const shown = [tweet, ...referenced]
  const authors: number[] = []
  addAuthors(view, shown, authors)
  writeUsers(writer, view, { users: authors, reader })
  return shown
}

/** What tweets refer to and the reader may see, as far as it is not among them. */
export function referencedBy(view: View, { tweets, reader, rule }: Shown): readonly number[] {
  let found: number[] | undefined
  const add = (tweet: number): void => {
    if (tweet < 0 || !view.tweets.isShown(tweet) || tweets.includes(tweet)) return
    if (found?.includes(tweet) || !rule(view, { reader, tweet })) return
    found ??= []
    found.push(tweet)
  }
  for (const tweet of tweets) {
    const referenced = view.tweets.referencedBy(tweet)
    if (referenced < 0) continue
    add(referenced)
    if (view.tweets.isRetweet(tweet)) add(view.tweets.referencedBy(referenced))
  }
  return found ?? none
}

function writeReferenced(
  writer: MessagePackWriter,
  view: View,
  { referenced, reader }: { referenced: readonly number[]; reader: number },
): void {
  if (referenced.length === 0) return
  writer.text('referenced')
  writeTweets(writer, view, { tweets: referenced, reader })
}

const none: readonly number[] = []
