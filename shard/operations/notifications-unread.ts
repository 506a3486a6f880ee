import { notificationsUnread } from '../../protocol/operations/notifications-unread.ts'
import { implementRead } from './implement.ts'
import { notificationsOf, unreadCountOf } from './notifications.ts'

export const notificationsUnreadHandler = implementRead(notificationsUnread, {
  read(view, { actorIndex }, _params, writer) {
    writer.map(1)
    writer.text('unreadCount')
    writer.integer(unreadCountOf(notificationsOf(view, actorIndex)))
    return undefined
  },
})
