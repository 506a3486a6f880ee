// Notifications: what of a user's notices (../state/notices.ts) they are shown.
//
//   notices    907 eve, 911 bob, 915 kim favorited 51      912 bob follows, 920 dan follows
//   shown      { id 915, favorite, tweet 51, actors [kim, eve], count 2 }        where bob is muted or blocked
//
// Asked at each read and push, as everything else that is shown (visibility.ts): nothing comes of those who are
// muted, blocked or away, of muted threads and words, or of a tweet that the reader may not read; what was taken back
// is gone. Nothing is removed for that, so whoever is unmuted is there again.
//
// How many have favorited or retweeted a tweet is counted by the tweet. As the newest 16 of them are kept here, those
// whom the reader is not told of are taken off as far as they are among these.

import { timeOfId } from '../../protocol/ids.ts'
import { notificationActorsMax } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { type NotificationKind, notificationKinds } from '../../protocol/notifications.ts'
import { markKind } from '../state/marks.ts'
import { absent } from '../state/memory/id-table.ts'
import { dayOf, type Notice, type NoticeGroup } from '../state/notices.ts'
import { isWaiting } from './following.ts'
import type { View } from './implement.ts'
import type { TweetPage } from './present.ts'
import { retweetMarks } from './remove-tweet.ts'
import {
  doesMute,
  doesMuteThread,
  isBlockBetween,
  isSuspended,
  mayRead,
  mayReadUser,
  mayShow,
} from './visibility.ts'

/** An entry as a reader is shown it: users and tweets as dense indexes. */
export type ShownNotification = {
  readonly id: number
  readonly kind: NotificationKind
  /** -1 where it is about none. */
  readonly tweet: number
  /** The newest first, all that are known. */
  readonly actors: readonly number[]
  readonly count: number
  readonly isRead: boolean
  /** When the newest of it reached this process, in the order of notices. */
  readonly arrival: number
}

type Asked = { readonly view: View; readonly reader: number }

/** All notifications of a reader who is hosted here, the newest first. */
export function notificationsOf(view: View, reader: number): readonly ShownNotification[] {
  const asked = { view, reader }
  const readUpTo = view.marks(markKind.readNotifications).at(reader, 0)
  const found: ShownNotification[] = []
  for (const group of view.notices.groupsOf(reader)) {
    const kind = notificationKinds[group.kind]!
    const shown = shownOf(asked, { ...group, kind })
    if (shown !== undefined) found.push({ ...shown, isRead: shown.id <= readUpTo })
  }
  return found.sort((left, right) => right.id - left.id)
}

/** What a notification names, for the page that holds them: the tweets and users, each once. */
export function namedBy(shown: readonly ShownNotification[]): {
  readonly tweets: readonly number[]
  readonly owners: readonly number[]
} {
  const tweets = new Set(shown.map(({ tweet }) => tweet).filter((tweet) => tweet !== absent))
  const owners = new Set(shown.flatMap(({ actors }) => actors.slice(0, notificationActorsMax)))
  return { tweets: [...tweets], owners: [...owners] }
}

/** The page of `writeTweetPage` that goes with notifications. */
export function pageBeside(
  shown: readonly ShownNotification[],
  olderCursor?: number,
): { readonly page: TweetPage; readonly owners: readonly number[] } {
  const { tweets, owners } = namedBy(shown)
  return { page: { tweets, olderCursor }, owners }
}

export function unreadCountOf(all: readonly ShownNotification[]): number {
  return all.filter(({ isRead }) => !isRead).length
}

/** Writes the value of an entry, as `notificationField` says. */
export function writeNotification(
  writer: MessagePackWriter,
  view: View,
  shown: ShownNotification,
): void {
  const { id, kind, tweet, actors, count, isRead } = shown
  const named = actors.slice(0, notificationActorsMax)
  writer.map(tweet === absent ? 7 : 8)
  writer.text('id')
  writer.integer(id)
  writer.text('key')
  writer.text(keyOf(view, shown))
  writer.text('kind')
  writer.text(kind)
  writer.text('createdAt')
  writer.integer(timeOfId(id))
  if (tweet !== absent) {
    writer.text('tweetId')
    writer.integer(view.tweets.idOf(tweet))
  }
  writer.text('actorIds')
  writer.array(named.length)
  for (const actor of named) writer.integer(view.users.idOf(actor))
  writer.text('count')
  writer.integer(count)
  writer.text('read')
  writer.boolean(isRead)
}

/** Writes the entries `notifications` and `unreadCount` of a map. */
export function writeNotifications(
  writer: MessagePackWriter,
  view: View,
  given: { readonly shown: readonly ShownNotification[]; readonly unreadCount: number },
): void {
  writer.text('notifications')
  writer.array(given.shown.length)
  for (const one of given.shown) writeNotification(writer, view, one)
  writer.text('unreadCount')
  writer.integer(given.unreadCount)
}

function keyOf(view: View, { id, kind, tweet, actors }: ShownNotification): string {
  if (tweet !== absent) return `${kind}:${view.tweets.idOf(tweet)}`
  return `${kind}:${kind === 'follow' ? dayOf(id) : view.users.idOf(actors[0]!)}`
}

type Group = { readonly kind: NotificationKind; readonly notices: NoticeGroup['notices'] }

function shownOf(
  asked: Asked,
  { kind, notices }: Group,
): Omit<ShownNotification, 'isRead'> | undefined {
  const { view } = asked
  const tweet = notices[0]!.subject
  if (tweet !== absent && !maySeeSubject(asked, kind, tweet)) return undefined
  const actors: number[] = []
  let [id, arrival, untold] = [0, 0, 0]
  for (const notice of notices) {
    const { actor } = notice
    if (notice.isTakenBack || !view.users.isKnown(actor) || !stands(asked, kind, notice)) continue
    if (!mayBeTold(asked, kind, actor)) {
      untold++
      continue
    }
    actors.push(actor)
    id = Math.max(id, notice.id)
    arrival = Math.max(arrival, notice.arrival)
  }
  if (actors.length === 0) return undefined
  const count = Math.max(actors.length, countedBy(asked, kind, tweet) - untold)
  return { id, kind, tweet, actors, count, arrival }
}

/** Whether what a notification is about can be shown to the reader; what others say, by the rule of timelines. */
function maySeeSubject({ view, reader }: Asked, kind: NotificationKind, tweet: number): boolean {
  if (!view.tweets.isShown(tweet)) return false
  if (kind !== 'favorite' && kind !== 'retweet') return mayShow(view, { reader, tweet })
  return mayRead(view, { reader, tweet }) && !doesMuteThread(view, { reader, tweet })
}

/** Whether what was done is still so. */
function stands({ view, reader }: Asked, kind: NotificationKind, notice: Notice): boolean {
  const { id, actor } = notice
  if (kind === 'retweet') return view.tweets.findBody(id) >= 0
  if (kind !== 'follow_request') return true
  const requestId = view.requests.between({ follower: actor, followee: reader })
  return requestId === id && isWaiting(view, reader, id)
}

/** Whether the reader may be told that this user did it. */
function mayBeTold({ view, reader }: Asked, kind: NotificationKind, actor: number): boolean {
  if (doesMute(view, reader, actor)) return false
  // What a protected account favorites and retweets is for those who follow it.
  if (kind === 'favorite' || kind === 'retweet') return mayReadUser(view, { reader, user: actor })
  return !isSuspended(view, actor) && !isBlockBetween(view, reader, actor)
}

/** How many others have done it by the count of the tweet; 0 for what no tweet counts. */
function countedBy({ view, reader }: Asked, kind: NotificationKind, tweet: number): number {
  if (kind !== 'favorite' && kind !== 'retweet') return 0
  const [counts, marks] =
    kind === 'favorite'
      ? [view.tweets.favorites, view.marks('favorites')]
      : [view.tweets.retweets, view.marks(retweetMarks)]
  return counts.get(tweet) - (marks.has(reader, view.tweets.idOf(tweet)) ? 1 : 0)
}
