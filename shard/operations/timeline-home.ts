import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, positionOf, type TweetPage } from './present.ts'
import { promotedOn } from './promoted.ts'
import { rankedPage } from './ranked-home.ts'
import { Repeats } from './repeats.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayShow, type Rule } from './visibility.ts'

export const timelineHomeHandler = implementRead(timelineHome, {
  read(view, context, { order, before, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const ranked = order === 'top' ? rankedPage(view, context, { before, limit }) : undefined
    const page = ranked?.page ?? newestPage(view, { reader, before: before ?? idMax, limit })
    const isReranked = ranked?.isReranked === true
    const promoted = promotedOn(view, context, { before: before ?? idMax, tweets: page.tweets })
    const beside = promoted.tweets
    const more = (isReranked ? 2 : 1) + (beside.length === 0 ? 0 : 1)
    const shown = writeTweetPage(writer, view, { page, reader, rule: mayShow, more, beside })
    writer.text('position')
    writer.text(positionOf(view, context))
    if (isReranked) {
      writer.text('reranked')
      writer.boolean(true)
    }
    promoted.write(writer)
    noteShown(context, shown)
    return undefined
  },
})

function newestPage(
  view: View,
  { reader, before, limit }: { reader: number; before: number; limit: number },
): TweetPage {
  const repeats = new Repeats(view, reader)
  const rule: Rule = (_view, sight) => mayShow(view, sight) && !repeats.has(sight.tweet)
  return pageOf(view, { before, limit, reader, rule }, (range, out) =>
    view.readHome(reader, range, out),
  )
}
