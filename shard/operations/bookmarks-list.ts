import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { bookmarksList } from '../../protocol/operations/bookmarks-list.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, writeOlderCursor, writeTweetsAndUsers } from './present.ts'

export const bookmarksListHandler = implementRead(bookmarksList, {
  read(view, context, { before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const bookmarks = view.marks('bookmarks')
    const page = pageOf(view, { before, limit }, (range, out) =>
      bookmarks.readBefore(reader, range, out),
    )
    writer.map(page.olderCursor === undefined ? 2 : 3)
    writeTweetsAndUsers(writer, view, { tweets: page.tweets, reader })
    writeOlderCursor(writer, page)
    noteShown(context, page.tweets)
    return undefined
  },
})
