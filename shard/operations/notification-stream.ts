// The live channel of notifications: what somebody is given who begins to listen or comes back, and what is pushed.
//
// A position says how many notices had reached this process, and behind it how many tweets: so what has happened
// since can be told, and what was deleted since as well.
//
//   1042!997      1,042 notices and 997 tweets

import { pageLimitDefault, resumeItemsMax } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { notificationsChannel } from '../../protocol/operations/live-subscribe.ts'
import { absent } from '../state/memory/id-table.ts'
import { originalOrSelf } from './find.ts'
import type { Context, View } from './implement.ts'
import { parseOffset } from './live-offset.ts'
import {
  namedBy,
  notificationsOf,
  pageBeside,
  type ShownNotification,
  unreadCountOf,
  writeNotification,
  writeNotifications,
} from './notifications.ts'
import { noteShown } from './present.ts'
import { doFit, referencedBy, writeTweetPage } from './tweet-page.ts'
import { mayShow } from './visibility.ts'

/** What a reader was not told of: entries in which something happened, and tweets of theirs that were deleted. */
type Missed = {
  readonly shown: readonly ShownNotification[]
  readonly deleted: readonly number[]
}

/** Starts the channel on the socket of the request, and writes the answer of `live.subscribe`. */
export function listenToNotifications(
  view: View,
  context: Context,
  position: string | undefined,
  writer: MessagePackWriter,
): void {
  const { actorIndex: reader, liveEpoch: epoch } = context
  const all = notificationsOf(view, reader)
  const missed = position === undefined ? undefined : missedSince(view, context, { position, all })
  const shown = missed?.shown ?? all.slice(0, pageLimitDefault)
  const deleted = missed?.deleted ?? []
  context.subscriptions?.subscribe(reader, notificationsChannel)
  const more = deleted.length > 0 ? 5 : 4
  const tweets = writeTweetPage(writer, view, {
    ...pageBeside(shown),
    reader,
    rule: mayShow,
    more,
  })
  writer.text('position')
  writer.text(positionAt(view, { epoch, arrivals: view.notices.arrivalCount }))
  writer.text('recovered')
  writer.boolean(missed !== undefined)
  if (deleted.length > 0) {
    writer.text('deletedTweetIds')
    writer.array(deleted.length)
    for (const tweet of deleted) writer.integer(view.tweets.idOf(tweet))
  }
  writeNotifications(writer, view, { shown, unreadCount: unreadCountOf(all) })
  noteShown(context, tweets)
}

/** The push of one entry, for its reader alone. The bytes are good until the writer is used again. */
export function encodeNotification(
  writer: MessagePackWriter,
  view: View,
  given: {
    readonly reader: number
    readonly notification: ShownNotification
    readonly unreadCount: number
    readonly epoch: string
    /** How many notices the reader was told of with this one. */
    readonly arrivals: number
  },
): Uint8Array {
  const { reader, notification, unreadCount } = given
  writer.reset()
  writeTweetPage(writer, view, {
    ...pageBeside([notification]),
    reader,
    rule: mayShow,
    more: 3,
  })
  writer.text('notification')
  writeNotification(writer, view, notification)
  writer.text('position')
  writer.text(positionAt(view, given))
  writer.text('unreadCount')
  writer.integer(unreadCount)
  return writer.view()
}

/** The tweets that the push of an entry shows. */
export function shownBy(
  view: View,
  reader: number,
  { tweet }: ShownNotification,
): readonly number[] {
  if (tweet === absent) return []
  return [tweet, ...referencedBy(view, { tweets: [tweet], reader, rule: mayShow })]
}

function positionAt(view: View, at: { readonly epoch: string; readonly arrivals: number }): string {
  return `${at.epoch}:${at.arrivals}!${view.tweets.arrivalCount}`
}

/** Undefined where it cannot be told completely: another process's position, or more than the limit. */
function missedSince(
  view: View,
  context: Context,
  given: { readonly position: string; readonly all: readonly ShownNotification[] },
): Missed | undefined {
  const [epoch, offset = ''] = given.position.split(':')
  const { arrivals, missing } = parseOffset(offset)
  const [tweetArrivals] = missing
  if (epoch !== context.liveEpoch || tweetArrivals === undefined) return undefined
  const isAhead = arrivals > view.notices.arrivalCount || tweetArrivals > view.tweets.arrivalCount
  if (isAhead) return undefined
  const shown = given.all.filter(({ arrival }) => arrival > arrivals)
  const shownBefore = subjectsOf(view, context.actorIndex)
  const deleted = view.tweets.deletions
    .since(tweetArrivals)
    ?.filter((tweet) => shownBefore.has(tweet))
  if (deleted === undefined || deleted.length > resumeItemsMax) return undefined
  const isTooMuch = shown.length > resumeItemsMax || !doFit(view, namedBy(shown).tweets)
  return isTooMuch ? undefined : { shown, deleted }
}

/** What a reader's notifications are or were about, and what that refers to: dense indexes. */
function subjectsOf(view: View, reader: number): ReadonlySet<number> {
  const found = new Set<number>()
  for (const { notices } of view.notices.groupsOf(reader)) {
    const { subject } = notices[0]!
    if (subject === absent) continue
    const original = originalOrSelf(view, subject)
    found.add(subject).add(original).add(view.tweets.referencedBy(original))
  }
  return found
}
