import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { notificationsList } from '../../protocol/operations/notifications-list.ts'
import { implementRead } from './implement.ts'
import { notificationsOf, pageBeside, unreadCountOf, writeNotifications } from './notifications.ts'
import { noteShown } from './present.ts'
import { writeFitting, writeTweetPage } from './tweet-page.ts'
import { mayShow } from './visibility.ts'

export const notificationsListHandler = implementRead(notificationsList, {
  read(view, context, { before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const all = notificationsOf(view, reader)
    const older = all.filter(({ id }) => id < before)
    const unreadCount = unreadCountOf(all)
    const tweets = writeFitting(writer, Math.min(limit, older.length), (count) => {
      const shown = older.slice(0, count)
      const olderCursor = older.length > count ? shown.at(-1)!.id : undefined
      const beside = pageBeside(shown, olderCursor)
      const written = writeTweetPage(writer, view, { ...beside, reader, rule: mayShow, more: 2 })
      writeNotifications(writer, view, { shown, unreadCount })
      return written
    })
    noteShown(context, tweets)
    return undefined
  },
})
