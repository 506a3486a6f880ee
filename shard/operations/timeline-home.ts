import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, positionOf } from './present.ts'
import { Repeats } from './repeats.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayShow, type Rule } from './visibility.ts'

export const timelineHomeHandler = implementRead(timelineHome, {
  read(view, context, { before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const repeats = new Repeats(view, reader)
    const rule: Rule = (_view, sight) => mayShow(view, sight) && !repeats.has(sight.tweet)
    const page = pageOf(view, { before, limit, reader, rule }, (range, out) =>
      view.readHome(reader, range, out),
    )
    const shown = writeTweetPage(writer, view, { page, reader, rule: mayShow, more: 1 })
    writer.text('position')
    writer.text(positionOf(view, context))
    noteShown(context, shown)
    return undefined
  },
})
