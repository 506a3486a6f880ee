// Tweets in an answer, with what they refer to: the originals of retweets, the quoted tweets, and all authors.
//
//   tweets      [ ada's retweet of 51   bob's tweet, which quotes 40 ]
//   referenced  [ 51   40   and what 51 quotes ]        each once, and none that stands among the tweets
//   users       [ ada   bob   the authors of the others ]
//
// A retweet is nothing without its original, so the two come together. What a quoted tweet quotes is left to
// those who ask for that tweet.

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

/**
 * Writes a map with the entries `tweets`, `referenced`, `users` and `olderCursor`, and room for more.
 * @param given `more`: entries that follow; `beside`: tweets among those, whose authors and referenced tweets
 * are to be here as well; `owners`: users who are to be here in any case
 * @returns all tweets that are in the answer, for `noteShown`
 */
export function writeTweetPage(
  writer: MessagePackWriter,
  view: View,
  given: {
    readonly page: TweetPage
    readonly reader: number
    readonly rule: Rule
    readonly more: number
    readonly beside?: readonly number[]
    readonly owners?: readonly number[]
  },
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
function referencedBy(view: View, { tweets, reader, rule }: Shown): readonly number[] {
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
