import { failure } from '../../protocol/errors.ts'
import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault, resumeItemsMax, timelineLengthMax } from '../../protocol/limits.ts'
import {
  liveSubscribe,
  notificationsChannel,
  tagOfChannel,
} from '../../protocol/operations/live-subscribe.ts'
import { tagsPerSocketMax } from '../state/index/limits.ts'
import { absent } from '../state/memory/id-table.ts'
import { originalOrSelf } from './find.ts'
import type { Context, View } from './implement.ts'
import { implementRead } from './implement.ts'
import { parseOffset } from './live-offset.ts'
import { listenToNotifications } from './notification-stream.ts'
import { noteShown, pageOf, positionOf, type TweetPage } from './present.ts'
import { Repeats } from './repeats.ts'
import { missedOfTag, newestOfTag } from './tag-stream.ts'
import { doFit, writeTweetPage } from './tweet-page.ts'
import { mayShow, type Rule } from './visibility.ts'

export const liveSubscribeHandler = implementRead(liveSubscribe, {
  read(view, context, { channel, position }, writer) {
    if (channel === notificationsChannel) {
      listenToNotifications(view, context, position, writer)
      return undefined
    }
    const reader = context.actorIndex
    const tag = tagOfChannel(channel)
    if (tag !== undefined && context.subscriptions?.hasRoomFor(tag) === false) return tooManyTags()
    const missed = position === undefined ? undefined : missedOf(view, context, { tag, position })
    const tweets = missed?.tweets ?? newestOf(view, { tag, reader })
    const page = { tweets, olderCursor: undefined }
    const deleted = missed?.deleted ?? []
    context.subscriptions?.subscribe(reader, channel)
    const more = deleted.length > 0 ? 3 : 2
    const shown = writeTweetPage(writer, view, { page, reader, rule: mayShow, more })
    writer.text('position')
    writer.text(positionOf(view, context))
    writer.text('recovered')
    writer.boolean(missed !== undefined)
    if (deleted.length > 0) {
      writer.text('deletedTweetIds')
      writer.array(deleted.length)
      for (const tweet of deleted) writer.integer(view.tweets.idOf(tweet))
    }
    noteShown(context, shown)
    return undefined
  },
})

function tooManyTags() {
  const message = `A socket listens to ${tagsPerSocketMax} tags at most.`
  return { kind: 'failed', error: failure('too_large', { field: 'channel', message }) } as const
}

/** @param of.tag undefined for the home timeline */
function missedOf(
  view: View,
  context: Context,
  { tag, position }: { readonly tag: string | undefined; readonly position: string },
): Missed | undefined {
  const missed =
    tag === undefined
      ? missedSince(view, context, position)
      : missedOfTag(view, context, { tag, position, reader: context.actorIndex })
  return missed !== undefined && doFit(view, missed.tweets) ? missed : undefined
}

function newestOf(
  view: View,
  { tag, reader }: { readonly tag: string | undefined; readonly reader: number },
): readonly number[] {
  return tag === undefined ? newestPage(view, reader) : newestOfTag(view, { tag, reader })
}

function newestPage(view: View, reader: number): readonly number[] {
  const repeats = new Repeats(view, reader)
  const rule: Rule = (_view, sight) => mayShow(view, sight) && !repeats.has(sight.tweet)
  // It says no cursor: what one page would pass over is passed over here.
  for (let before: number | undefined = idMax; before !== undefined; ) {
    const range = { before, limit: pageLimitDefault, reader, rule }
    const page: TweetPage = pageOf(view, range, (part, out) => view.readHome(reader, part, out))
    if (page.tweets.length > 0) return page.tweets
    before = page.olderCursor
  }
  return []
}

/** What a reader was not told of, as dense indexes: new tweets, newest first, and deleted ones. */
type Missed = { readonly tweets: readonly number[]; readonly deleted: readonly number[] }

/**
 * What happened in the reader's timeline after a position; undefined where that cannot be told
 * completely: another process's position, or more than the limit.
 */
function missedSince(view: View, context: Context, position: string): Missed | undefined {
  const reader = context.actorIndex
  const [epoch, offsetText = ''] = position.split(':')
  const { arrivals: offset, missing } = parseOffset(offsetText)
  if (epoch !== context.liveEpoch || offset > view.tweets.arrivalCount) return undefined
  const repeats = new Repeats(view, reader)
  const count = view.readHome(reader, { before: idMax, limit: scratch.length }, scratch)
  let quoted: ReadonlySet<number> | undefined
  const isQuoted = (tweet: number): boolean => {
    quoted ??= quotedIn(view, count)
    return quoted.has(tweet)
  }
  const deleted = view.tweets.deletions
    .since(offset)
    ?.filter((tweet) => isOf(view, reader, tweet) || repeats.leadsTo(tweet) || isQuoted(tweet))
  if (deleted === undefined || deleted.length > resumeItemsMax) return undefined
  const isMissed = (tweet: number): boolean => {
    const arrival = view.tweets.arrivalOf(tweet)
    return arrival > offset || missing.includes(arrival)
  }
  // Where even the oldest entry was missed, others may have been that a full timeline no longer holds. It may be deleted.
  const oldest = count < scratch.length ? absent : view.tweets.indexOf(scratch[count - 1]!)
  if (oldest >= 0 && isMissed(oldest)) return undefined
  const tweets: number[] = []
  for (let place = 0; place < count; place++) {
    const tweet = view.tweets.find(scratch[place]!)
    if (tweet < 0 || !isMissed(tweet) || !mayShow(view, { reader, tweet })) continue
    const isBefore = (other: number): boolean =>
      !isMissed(other) || view.tweets.idOf(other) < scratch[place]!
    if (repeats.has(tweet, isBefore)) continue
    if (tweets.length === resumeItemsMax) return undefined
    tweets.push(tweet)
  }
  return { tweets, deleted }
}

/**
 * Whether a tweet is one that the reader's timeline would show. Whom an account had that is gone nobody knows any more:
 * who comes back is told of the end of all its tweets.
 */
function isOf(view: View, reader: number, tweet: number): boolean {
  const author = view.tweets.authorOf(tweet)
  return author === reader || view.followings.has(reader, author) || view.users.isGone(author)
}

/** What the first `count` tweets of `scratch`, or the originals of retweets among them, quote: dense indexes. */
function quotedIn(view: View, count: number): ReadonlySet<number> {
  const quoted = new Set<number>()
  view.tweets.indexesOf(scratch, count, indexes)
  for (let place = 0; place < count; place++) {
    const tweet = indexes[place]!
    if (tweet !== absent) quoted.add(view.tweets.referencedBy(originalOrSelf(view, tweet)))
  }
  return quoted
}

const scratch = new Float64Array(timelineLengthMax)
const indexes = new Int32Array(timelineLengthMax)
