import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, positionOf, type TweetPage } from './present.ts'
import { promotedOn } from './promoted.ts'
import { rankedPage } from './ranked-home.ts'
import { Repeats } from './repeats.ts'
import { cutPage, writeFitting, writeWholePage } from './tweet-page.ts'
import { mayShow, type Rule } from './visibility.ts'

export const timelineHomeHandler = implementRead(timelineHome, {
  read(view, context, { order, before, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const ranked = order === 'top' ? rankedPage(view, context, { before, limit }) : undefined
    const page = ranked?.page ?? newestPage(view, { reader, before: before ?? idMax, limit })
    const isReranked = ranked?.isReranked === true
    // What is promoted goes by the tweets that are really there.
    const shown = writeFitting(writer, page.tweets.length, (count) => {
      const cut = cutPage(page, count)
      const promoted = promotedOn(view, context, { before: before ?? idMax, tweets: cut.tweets })
      const beside = promoted.tweets
      const more = (isReranked ? 2 : 1) + (beside.length === 0 ? 0 : 1)
      const given = { page: cut, reader, rule: mayShow, more, beside }
      const written = writeWholePage(writer, view, given)
      writer.text('position')
      writer.text(positionOf(view, context))
      if (isReranked) {
        writer.text('reranked')
        writer.boolean(true)
      }
      promoted.write(writer)
      return written
    })
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
