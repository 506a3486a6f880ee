import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineNear } from '../../protocol/operations/timeline-near.ts'
import { NewestOfMany } from '../state/memory/merge-newest.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead, type Rule } from './visibility.ts'

export const timelineNearHandler = implementRead(timelineNear, {
  read(view, context, { before = idMax, limit = pageLimitDefault, ...circle }, writer) {
    const reader = context.actorIndex
    const { places, tweets } = view
    const merged = new NewestOfMany(places.lists, places.cellsOf(circle), before)
    const rule: Rule = (_view, sight) =>
      places.isWithin(tweets.idOf(sight.tweet), circle) && mayRead(view, sight)
    const page = pageOf(view, { before, limit, reader, rule }, (range, out) =>
      merged.read(range.limit, out),
    )
    noteShown(context, writeTweetPage(writer, view, { page, reader, rule: mayRead, more: 0 }))
    return undefined
  },
})
