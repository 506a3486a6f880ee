import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineList } from '../../protocol/operations/timeline-list.ts'
import { NewestOfMany } from '../state/memory/merge-newest.ts'
import { findCollection, isNo } from './collection.ts'
import { implementRead } from './implement.ts'
import { ListRepeats, shownMembers } from './list-of-users.ts'
import { noteShown, pageOf } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead, mayReadUser, type Rule } from './visibility.ts'

export const timelineListHandler = implementRead(timelineList, {
  read(view, context, { listId, before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const list = findCollection(view, reader, { kind: 'list', id: listId })
    if (isNo(list)) return list
    // Members of whom the reader may see nothing cost no look at each of their tweets.
    const members = shownMembers(view, list).filter((user) => mayReadUser(view, { reader, user }))
    const merged = new NewestOfMany(view.authored, members, before)
    const repeats = new ListRepeats(view, { reader, members })
    const rule: Rule = (_view, sight) => mayRead(view, sight) && !repeats.has(sight.tweet)
    const page = pageOf(view, { before, limit, reader, rule }, (range, out) =>
      merged.read(range.limit, out),
    )
    noteShown(context, writeTweetPage(writer, view, { page, reader, rule: mayRead, more: 0 }))
    return undefined
  },
})
