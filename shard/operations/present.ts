// Presentation: writes users, tweets and pages into an answer, from the encoded cards and bodies.
//
// The stored bytes are the entries of a MessagePack map; an answer adds the counts, and for a
// signed-in reader what they have to do with it, to the same map. Written by hand because every page
// goes through here; the tests decode each answer by its definition.

import { makeToken } from '../../protocol/credentials.ts'
import { userField } from '../../protocol/entities.ts'
import type { UserId } from '../../protocol/ids.ts'
import { MessagePackWriter, writeValue } from '../../protocol/message-pack.ts'
import type { Context, View } from './implement.ts'
import { findRelations, relationNames, unrelated } from './relations.ts'
import { retweetMarks } from './remove-tweet.ts'
import { Tail, tailsOf } from './tail.ts'
import { isClosed, type Rule } from './visibility.ts'

/** Bytes that are the same in every answer, encoded once. */
function constant(write: (writer: MessagePackWriter) => void): Uint8Array {
  const writer = new MessagePackWriter()
  write(writer)
  return writer.copy()
}

const key = (name: string): Uint8Array => constant((writer) => writer.text(name))

export const tweetsKey = key('tweets')
const [usersKey, olderCursorKey] = [key('users'), key('olderCursor')]

const tweetCounts = ['favorites', 'retweets', 'replies'] as const
const userCounts = ['tweets', 'followers', 'following'] as const
const tweetTail = new Tail(tweetCounts)
const userTail = new Tail(userCounts)
/** The kinds of marks, in the order of the flags that vary. */
const markKinds = ['favorites', retweetMarks, 'bookmarks']
const tweetTails = tailsOf(tweetCounts, {
  names: ['favorited', 'retweeted', 'bookmarked'],
  varying: ['favorited', 'retweeted', 'bookmarked'],
})
const userTails = tailsOf(userCounts, {
  names: relationNames,
  varying: relationNames,
})

/** What a reader may be told of; -1 is nobody, for pushes and strangers. */
type Reader = number

/** Writes a user as `userField` says. */
export function writeUser(
  writer: MessagePackWriter,
  view: View,
  { user, reader }: { user: number; reader: Reader },
): void {
  const relations = new Uint8Array(1)
  findRelations(view, { users: [user], reader }, relations)
  writeRelatedUser(writer, view, { user, relation: relations[0]! })
}

/** Writes a user, and what the reader has to do with them, unless it is `unrelated`. */
function writeRelatedUser(
  writer: MessagePackWriter,
  view: View,
  { user, relation }: { user: number; relation: number },
): void {
  const hasViewer = relation !== unrelated
  if (hasViewer && isClosed(view, user)) {
    writeClosedUser(writer, view, { user, relation })
    return
  }
  const { users } = view
  users.writeCard(writer, user, hasViewer ? 2 : 1)
  const tail = hasViewer ? userTails[relation]! : userTail
  tail.write(writer, users.tweets.get(user), users.followers.get(user), users.following.get(user))
}

/** A suspended or deleted account, as others see it who have to do with it: who it is, and nothing of it. (I5) */
function writeClosedUser(
  writer: MessagePackWriter,
  { users }: View,
  { user, relation }: { user: number; relation: number },
): void {
  const { id, handle, createdAt } = users.cardOf(user)
  const viewer = relationNames.map((name, place) => [name, ((relation >> place) & 1) === 1])
  writeValue(writer, userField, {
    ...{ id, handle, name: '', bio: '', createdAt, protected: false },
    counts: Object.fromEntries(userCounts.map((name) => [name, 0])),
    viewer: Object.fromEntries(viewer),
  })
}

/** Writes the answer of an operation that has done something about a user: that user, as the actor sees them. */
export function writeUserAnswer(
  view: View,
  { actorIndex }: Context,
  { params }: { readonly params: { readonly userId: UserId } },
  writer: MessagePackWriter,
): void {
  writer.map(1)
  writer.text('user')
  writeUser(writer, view, { user: view.users.indexOf(params.userId), reader: actorIndex })
}

/** Writes the whole answer of an operation that opens a session: the user, and the token made for it. */
export function writeUserAndToken(
  writer: MessagePackWriter,
  view: View,
  { userId, random }: { userId: UserId; random: Uint8Array },
): void {
  const user = view.users.find(userId)
  writer.map(2)
  writer.text('user')
  writeUser(writer, view, { user, reader: user })
  writer.text('token')
  writer.text(makeToken(userId, random))
}

/** Writes a tweet as `tweetField` says. */
export function writeTweet(
  writer: MessagePackWriter,
  view: View,
  { tweet, reader }: { tweet: number; reader: Reader },
): void {
  writeMarkedTweet(writer, view, marksOf(view, reader), tweet)
}

/** Whose marks a tweet shows, and in which lists they are looked for: those that hold any. */
type Marks = {
  readonly reader: number
  readonly lists: readonly (ReturnType<View['marks']> | undefined)[]
}

/** Undefined for nobody, who is told nothing of marks. */
function marksOf(view: View, reader: Reader): Marks | undefined {
  if (reader < 0) return undefined
  const lists = markKinds.map((kind) => {
    const list = view.marks(kind)
    return list.length(reader) > 0 ? list : undefined
  })
  return { reader, lists }
}

function writeMarkedTweet(
  writer: MessagePackWriter,
  { tweets }: View,
  marks: Marks | undefined,
  tweet: number,
): void {
  let tail = tweetTail
  if (marks !== undefined) {
    let flags = 0
    for (let place = 0; place < marks.lists.length; place++) {
      if (marks.lists[place]?.has(marks.reader, tweets.idOf(tweet))) flags |= 1 << place
    }
    tail = tweetTails[flags]!
  }
  tweets.writeBody(writer, tweet, marks === undefined ? 1 : 2)
  tail.write(
    writer,
    tweets.favorites.get(tweet),
    tweets.retweets.get(tweet),
    tweets.replies.get(tweet),
  )
}

/** Writes a list of tweets: the value of an entry. */
export function writeTweets(
  writer: MessagePackWriter,
  view: View,
  { tweets, reader }: { tweets: readonly number[]; reader: Reader },
): void {
  const marks = marksOf(view, reader)
  view.tweets.warm(tweets)
  writer.array(tweets.length)
  for (const tweet of tweets) writeMarkedTweet(writer, view, marks, tweet)
}

/** Adds the authors of the tweets who are not there yet. */
export function addAuthors(view: View, tweets: readonly number[], authors: number[]): void {
  for (const tweet of tweets) {
    const author = view.tweets.authorOf(tweet)
    if (!authors.includes(author)) authors.push(author)
  }
}

/** Writes the entry `users` of a map. */
export function writeUsers(
  writer: MessagePackWriter,
  view: View,
  { users, reader }: { users: readonly number[]; reader: Reader },
): void {
  view.users.warm(users)
  const known = users.filter((user) => view.users.isKnown(user))
  writer.raw(usersKey)
  writer.array(known.length)
  if (relations.length < known.length) relations = new Uint8Array(2 * known.length)
  findRelations(view, { users: known, reader }, relations)
  for (let place = 0; place < known.length; place++) {
    writeRelatedUser(writer, view, { user: known[place]!, relation: relations[place]! })
  }
}

/** Room for the relations of one answer: one for each of its users. */
let relations = new Uint8Array(256)

/** A page of tweets that were found: dense indexes, newest first, and where the next page starts. */
export type TweetPage = {
  readonly tweets: readonly number[]
  readonly olderCursor: number | undefined
  /** The cursor behind the tweet at a place, for a page that may end there; absent where it has to be whole. */
  readonly cursorAt?: (place: number) => number
  /** Whether ids were passed over; and the tweet behind the last one, -1 where none was looked for. */
  readonly hasGaps?: boolean
  readonly next?: number
}

/**
 * Ids that one page passes over: where nearly all of them are hidden, the page is short and says where to go on. A look
 * that takes long counts for more (`TweetSight.steps`).
 */
export const idsPerPageMax = 16_384

/**
 * Fills a page from a source of ids, newest first, leaving out what is gone and what `rule` hides from the
 * reader.
 * @param source copies ids older than `before` into `out` and gives their number
 */
export function pageOf(
  view: View,
  { before, limit, reader, rule }: { before: number; limit: number; reader: Reader; rule: Rule },
  source: (page: { before: number; limit: number }, out: Float64Array) => number,
): TweetPage {
  const tweets: number[] = []
  const cursorAt = (place: number): number => view.tweets.idOf(tweets[place]!)
  let cursor = before
  let wanted = Math.min(limit + 1, ids.length)
  let hasGaps = false
  const steps = { left: idsPerPageMax }
  // One for all tweets: a rule keeps none.
  const sight = { reader, tweet: -1, steps }
  for (;;) {
    const count = source({ before: cursor, limit: wanted }, ids)
    view.tweets.findMany(ids, count, indexes)
    for (let place = 0; place < count; place++) {
      sight.tweet = indexes[place]!
      if (sight.tweet < 0 || !rule(view, sight)) {
        hasGaps = true
        if (--steps.left <= 0) return { tweets, olderCursor: ids[place]!, cursorAt, hasGaps }
        continue
      }
      if (tweets.length === limit) {
        return { tweets, olderCursor: cursor, cursorAt, hasGaps, next: sight.tweet }
      }
      tweets.push(sight.tweet)
      cursor = ids[place]!
    }
    if (count < wanted) return { tweets, olderCursor: undefined, cursorAt, hasGaps, next: -1 }
    cursor = ids[count - 1]!
    // A run of deleted tweets is passed in few steps.
    wanted = ids.length
  }
}

const ids = new Float64Array(256)
const indexes = new Int32Array(ids.length)

/** Writes the entry `olderCursor` of a map, where there is one. */
export function writeOlderCursor(writer: MessagePackWriter, page: TweetPage): void {
  if (page.olderCursor === undefined) return
  writer.raw(olderCursorKey)
  writer.integer(page.olderCursor)
}

/** Where a live stream stands now, on this process. */
export function positionOf(
  view: Pick<View, 'tweets'>,
  context: Pick<Context, 'liveEpoch'>,
): string {
  return `${context.liveEpoch}:${view.tweets.arrivalCount}`
}

/** Tells the socket's live counters which tweets it was shown. */
export function noteShown(context: Context, tweets: readonly number[]): void {
  const { subscriptions } = context
  if (subscriptions === undefined) return
  for (const tweet of tweets) subscriptions.show(tweet)
}
