// Reads the notifications of one user, and compares those about tweets with the oracle: who replied, quoted,
// mentioned, retweeted and marked as favorite.
//
// A server keeps a bounded number of them. Where there may have been more, the oracle says only what must not be there.

import { notificationGroupsMax } from '../../protocol/limits.ts'
import type { KnownTweet } from '../oracle/known.ts'
import { mentionsOf } from '../oracle/naive-text.ts'
import { isInMutedThread, mayReadUser, mayShow } from '../oracle/oracle-privacy.ts'
import { limit, type Reading } from './reading.ts'

/** Of what was done with one tweet, so many are sure to be counted. */
const countedMax = 10
const kindsCompared = ['reply', 'quote', 'mention', 'retweet', 'favorite']

/** Kind and tweet, and how many did it. */
type Notifications = Map<string, number>

export async function readNotifications(reading: Reading): Promise<void> {
  const shown = await notificationsShown(reading)
  const expected = notificationsOf(reading)
  const wrong: string[] = []
  for (const [key, count] of shown) {
    const wanted = expected.get(key)
    if (wanted === undefined) wrong.push(`notification ${key} must not be there`)
    else if (wanted <= countedMax && count !== wanted) {
      wrong.push(`notification ${key} counts ${count} instead of ${wanted}`)
    }
  }
  if (groupsEver(reading) < notificationGroupsMax) {
    for (const key of expected.keys()) {
      if (!shown.has(key)) wrong.push(`notification ${key} is missing`)
    }
  }
  reading.add('notification', wrong)
}

async function notificationsShown({ client, world }: Reading): Promise<Notifications> {
  const found: Notifications = new Map()
  let before: number | undefined
  do {
    const page = before === undefined ? { limit } : { limit, before }
    const { notifications, olderCursor } = await client.call('notifications.list', page)
    for (const { kind, tweetId, count } of notifications) {
      if (kindsCompared.includes(kind)) found.set(`${kind} ${tweetId}`, count)
    }
    before = olderCursor
  } while (before !== undefined && found.size <= world.tweets.size)
  return found
}

/** Nothing of oneself, of a muted thread, or of those whom one may not see or does not want to hear. */
function notificationsOf({ world, reader }: Reading): Notifications {
  const found: Notifications = new Map()
  for (const tweet of world.tweets.values()) {
    const kind = kindOf({ world, reader }, tweet)
    const isShown = kind !== undefined && !world.isGone(tweet) && mayShow(world, reader.id, tweet)
    if (isShown) found.set(`${kind} ${tweet.id}`, 1)
  }
  for (const tweet of reader.tweets) {
    if (world.isHidden(reader.id, tweet) || isInMutedThread(world, reader.id, tweet)) continue
    const told = (users: Iterable<number>): number =>
      [...users].filter(
        (user) =>
          user !== reader.id &&
          mayReadUser(world, reader.id, user) &&
          !world.mutes.has(reader.id, user),
      ).length
    const there = tweet.retweets.filter((retweet) => !retweet.isDeleted)
    const [favorites, retweets] = [told(tweet.favoritedBy), told(there.map((one) => one.authorId))]
    if (favorites > 0) found.set(`favorite ${tweet.id}`, favorites)
    if (retweets > 0) found.set(`retweet ${tweet.id}`, retweets)
  }
  return found
}

/** How a tweet concerns the reader most; undefined where it does not. */
function kindOf(
  { world, reader }: Pick<Reading, 'world' | 'reader'>,
  { authorId, retweetOf, inReplyTo, quoteOf, text }: KnownTweet,
): string | undefined {
  if (authorId === reader.id || retweetOf !== undefined) return undefined
  const isTheirs = (id: number | undefined): boolean =>
    id !== undefined && world.tweet(id).authorId === reader.id
  if (isTheirs(inReplyTo)) return 'reply'
  if (isTheirs(quoteOf)) return 'quote'
  return mentionsOf(text).includes(reader.handle.toLowerCase()) ? 'mention' : undefined
}

/** At least as many groups as there ever were: also of what was taken back or is hidden. */
function groupsEver({ world, reader }: Reading): number {
  let groups = reader.followers.size + reader.follows.size
  for (const tweet of world.tweets.values()) {
    if (kindOf({ world, reader }, tweet) !== undefined) groups++
  }
  return groups + 2 * reader.tweets.length
}
