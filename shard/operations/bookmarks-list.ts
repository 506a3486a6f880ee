import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { bookmarksList } from '../../protocol/operations/bookmarks-list.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const bookmarksListHandler = implementRead(bookmarksList, {
  read(view, context, { before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const bookmarks = view.marks('bookmarks')
    const page = pageOf(view, { before, limit, reader, rule: mayRead }, (range, out) =>
      bookmarks.readBefore(reader, range, out),
    )
    noteShown(context, writeTweetPage(writer, view, { page, reader, rule: mayRead, more: 0 }))
    return undefined
  },
})
