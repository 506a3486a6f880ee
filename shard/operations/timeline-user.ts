import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineUser } from '../../protocol/operations/timeline-user.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const timelineUserHandler = implementRead(timelineUser, {
  read(view, context, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const author = findUserById(view, userId)
    if (typeof author !== 'number') return author
    const reader = context.actorIndex
    const page = pageOf(view, { before, limit, reader, rule: mayRead }, (range, out) =>
      view.authored.readBefore(author, range, out),
    )
    noteShown(context, writeTweetPage(writer, view, { page, reader, rule: mayRead, more: 0 }))
    return undefined
  },
})
