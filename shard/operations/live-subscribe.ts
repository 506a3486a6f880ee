import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault, resumeItemsMax, timelineLengthMax } from '../../protocol/limits.ts'
import { liveSubscribe } from '../../protocol/operations/live-subscribe.ts'
import type { Context, View } from './implement.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, positionOf, writeTweetsAndUsers } from './present.ts'

export const liveSubscribeHandler = implementRead(liveSubscribe, {
  read(view, context, { position }, writer) {
    const reader = context.actorIndex
    const missed = position === undefined ? undefined : missedSince(view, context, position)
    const tweets = missed ?? newestPage(view, reader)
    context.subscriptions?.subscribe(reader)
    writer.map(4)
    writer.text('position')
    writer.text(positionOf(view, context))
    writer.text('recovered')
    writer.boolean(missed !== undefined)
    writeTweetsAndUsers(writer, view, { tweets, reader })
    noteShown(context, tweets)
    return undefined
  },
})

function newestPage(view: View, reader: number): readonly number[] {
  const range = { before: idMax, limit: pageLimitDefault }
  return pageOf(view, range, (page, out) => view.readHome(reader, page, out)).tweets
}

/**
 * The tweets that reached the reader's timeline after a position, newest first; undefined where
 * that cannot be told completely: another process's position, or more than the limit.
 */
function missedSince(
  view: View,
  context: Context,
  position: string,
): readonly number[] | undefined {
  const [epoch, offsetText] = position.split(':')
  const offset = Number(offsetText)
  if (epoch !== context.liveEpoch || offset > view.tweets.arrivalCount) return undefined
  const count = view.readHome(context.actorIndex, { before: idMax, limit: scratch.length }, scratch)
  const missed: number[] = []
  for (let place = 0; place < count; place++) {
    const tweet = view.tweets.find(scratch[place]!)
    if (tweet < 0 || view.tweets.arrivalOf(tweet) <= offset) continue
    if (missed.length === resumeItemsMax) return undefined
    missed.push(tweet)
  }
  return missed
}

const scratch = new Float64Array(timelineLengthMax)
