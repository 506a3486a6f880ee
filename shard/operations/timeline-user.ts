import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineUser } from '../../protocol/operations/timeline-user.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, writeOlderCursor, writeTweetsAndUsers } from './present.ts'

export const timelineUserHandler = implementRead(timelineUser, {
  read(view, context, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const author = findUserById(view, userId)
    if (typeof author !== 'number') return author
    const page = pageOf(view, { before, limit }, (range, out) =>
      view.authored.readBefore(author, range, out),
    )
    writer.map(page.olderCursor === undefined ? 2 : 3)
    writeTweetsAndUsers(writer, view, { tweets: page.tweets, reader: context.actorIndex })
    writeOlderCursor(writer, page)
    noteShown(context, page.tweets)
    return undefined
  },
})
