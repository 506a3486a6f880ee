import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault, resumeItemsMax, timelineLengthMax } from '../../protocol/limits.ts'
import { liveSubscribe } from '../../protocol/operations/live-subscribe.ts'
import type { Context, View } from './implement.ts'
import { implementRead } from './implement.ts'
import { parseOffset } from './live-offset.ts'
import { noteShown, pageOf, positionOf, writeTweetsAndUsers } from './present.ts'

export const liveSubscribeHandler = implementRead(liveSubscribe, {
  read(view, context, { position }, writer) {
    const reader = context.actorIndex
    const missed = position === undefined ? undefined : missedSince(view, context, position)
    const tweets = missed?.tweets ?? newestPage(view, reader)
    const deleted = missed?.deleted ?? []
    context.subscriptions?.subscribe(reader)
    writer.map(deleted.length > 0 ? 5 : 4)
    writer.text('position')
    writer.text(positionOf(view, context))
    writer.text('recovered')
    writer.boolean(missed !== undefined)
    writeTweetsAndUsers(writer, view, { tweets, reader })
    if (deleted.length > 0) {
      writer.text('deletedTweetIds')
      writer.array(deleted.length)
      for (const tweet of deleted) writer.integer(view.tweets.idOf(tweet))
    }
    noteShown(context, tweets)
    return undefined
  },
})

function newestPage(view: View, reader: number): readonly number[] {
  const range = { before: idMax, limit: pageLimitDefault }
  return pageOf(view, range, (page, out) => view.readHome(reader, page, out)).tweets
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
  const deleted = view.tweets.deletedSince(offset)?.filter((tweet) => isOf(view, reader, tweet))
  if (deleted === undefined || deleted.length > resumeItemsMax) return undefined
  const count = view.readHome(reader, { before: idMax, limit: scratch.length }, scratch)
  const tweets: number[] = []
  for (let place = 0; place < count; place++) {
    const tweet = view.tweets.find(scratch[place]!)
    if (tweet < 0) continue
    const arrival = view.tweets.arrivalOf(tweet)
    if (arrival <= offset && !missing.includes(arrival)) continue
    if (tweets.length === resumeItemsMax) return undefined
    tweets.push(tweet)
  }
  return { tweets, deleted }
}

/** Whether a tweet is one that the reader's timeline would show. */
function isOf(view: View, reader: number, tweet: number): boolean {
  const author = view.tweets.authorOf(tweet)
  return author === reader || view.followings.has(reader, author)
}

const scratch = new Float64Array(timelineLengthMax)
