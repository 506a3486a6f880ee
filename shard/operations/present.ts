// Presentation: writes users, tweets and pages into an answer, from the encoded cards and bodies.
//
// The stored bytes are the entries of a MessagePack map; an answer adds the counts, and for a
// signed-in reader what they have to do with it, to the same map. Written by hand because every page
// goes through here; the tests decode each answer by its definition.

import { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { Context, View } from './implement.ts'

const keys = new MessagePackWriter()

function encodedText(text: string): Uint8Array {
  keys.reset()
  keys.text(text)
  return keys.copy()
}

const countsKey = encodedText('counts')
const viewerKey = encodedText('viewer')
const favoritesKey = encodedText('favorites')
const retweetsKey = encodedText('retweets')
const repliesKey = encodedText('replies')
const tweetsKey = encodedText('tweets')
const followersKey = encodedText('followers')
const followingKey = encodedText('following')
const [favoritedKey, retweetedKey, bookmarkedKey] = ['favorited', 'retweeted', 'bookmarked'].map(
  encodedText,
) as [Uint8Array, Uint8Array, Uint8Array]
const userViewerKeys = ['following', 'followedBy', 'requested', 'muting', 'blocking'].map(
  encodedText,
)

/** What a reader may be told of; -1 is nobody, for pushes and strangers. */
type Reader = number

/** Writes a user as `userField` says. */
export function writeUser(
  writer: MessagePackWriter,
  view: View,
  { user, reader }: { user: number; reader: Reader },
): void {
  const card = view.users.card(user)
  const hasViewer = reader >= 0 && reader !== user
  writer.map(card[0]! + (hasViewer ? 2 : 1))
  writer.raw(card.subarray(1))
  writer.raw(countsKey)
  writer.map(3)
  writer.raw(tweetsKey)
  writer.integer(view.users.tweets.get(user))
  writer.raw(followersKey)
  writer.integer(view.users.followers.get(user))
  writer.raw(followingKey)
  writer.integer(view.users.following.get(user))
  if (!hasViewer) return
  const flags = [
    view.followings.has(reader, user),
    view.followers.has(reader, user),
    false,
    false,
    false,
  ]
  writer.raw(viewerKey)
  writer.map(flags.length)
  for (let place = 0; place < flags.length; place++) {
    writer.raw(userViewerKeys[place]!)
    writer.boolean(flags[place]!)
  }
}

/** Writes a tweet as `tweetField` says. */
export function writeTweet(
  writer: MessagePackWriter,
  view: View,
  { tweet, reader }: { tweet: number; reader: Reader },
): void {
  const body = view.tweets.body(tweet)
  writer.map(body[0]! + (reader >= 0 ? 2 : 1))
  writer.raw(body.subarray(1))
  writer.raw(countsKey)
  writer.map(3)
  writer.raw(favoritesKey)
  writer.integer(view.tweets.favorites.get(tweet))
  writer.raw(retweetsKey)
  writer.integer(view.tweets.retweets.get(tweet))
  writer.raw(repliesKey)
  writer.integer(view.tweets.replies.get(tweet))
  if (reader < 0) return
  writer.raw(viewerKey)
  writer.map(3)
  writer.raw(favoritedKey)
  writer.boolean(view.favorites.has(reader, view.tweets.idOf(tweet)))
  writer.raw(retweetedKey)
  writer.boolean(false)
  writer.raw(bookmarkedKey)
  writer.boolean(false)
}

/** Writes the two entries `tweets` and `users` of a map: the tweets, and each author once. */
export function writeTweetsAndUsers(
  writer: MessagePackWriter,
  view: View,
  { tweets, reader }: { tweets: readonly number[]; reader: Reader },
): void {
  const authors = new Set<number>()
  writer.raw(tweetsKey)
  writer.array(tweets.length)
  for (const tweet of tweets) {
    writeTweet(writer, view, { tweet, reader })
    authors.add(view.tweets.authorOf(tweet))
  }
  writeUsers(writer, view, { users: [...authors], reader })
}

/** Writes the entry `users` of a map. */
export function writeUsers(
  writer: MessagePackWriter,
  view: View,
  { users, reader }: { users: readonly number[]; reader: Reader },
): void {
  const known = users.filter((user) => view.users.isKnown(user))
  writer.text('users')
  writer.array(known.length)
  for (const user of known) writeUser(writer, view, { user, reader })
}

/** A page of tweets that were found: dense indexes, newest first, and where the next page starts. */
export type TweetPage = {
  readonly tweets: readonly number[]
  readonly olderCursor: number | undefined
}

/**
 * Fills a page from a source of ids, newest first, leaving out what cannot be shown.
 * @param source copies ids older than `before` into `out` and gives their number
 */
export function pageOf(
  view: View,
  { before, limit }: { before: number; limit: number },
  source: (page: { before: number; limit: number }, out: Float64Array) => number,
): TweetPage {
  const tweets: number[] = []
  let cursor = before
  while (true) {
    const wanted = limit - tweets.length + 1
    const count = source({ before: cursor, limit: wanted }, scratch)
    for (let place = 0; place < count; place++) {
      const tweet = view.tweets.find(scratch[place]!)
      if (tweet < 0) continue
      if (tweets.length === limit) return { tweets, olderCursor: cursor }
      tweets.push(tweet)
      cursor = scratch[place]!
    }
    if (count < wanted) return { tweets, olderCursor: undefined }
    cursor = scratch[count - 1]!
  }
}

const scratch = new Float64Array(256)

/** Writes the entry `olderCursor` of a map, where there is one. */
export function writeOlderCursor(writer: MessagePackWriter, page: TweetPage): void {
  if (page.olderCursor === undefined) return
  writer.text('olderCursor')
  writer.integer(page.olderCursor)
}

/** Where a live stream stands now, on this process. */
export function positionOf(view: View, context: Context): string {
  return `${context.liveEpoch}:${view.tweets.arrivalCount}`
}

/** Tells the socket's live counters which tweets it was shown. */
export function noteShown(context: Context, tweets: readonly number[]): void {
  if (context.subscriptions === undefined) return
  for (const tweet of tweets) context.subscriptions.show(tweet)
}
