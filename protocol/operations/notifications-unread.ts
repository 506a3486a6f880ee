import { unreadCountField } from '../notifications.ts'
import { defineOperation } from '../operation.ts'

/** How many notifications are not read yet: for a badge, without the list. */
export const notificationsUnread = defineOperation({
  name: 'notifications.unread',
  code: 0xd2,
  summary: 'Count the unread notifications',
  owner: 'actor',
  access: 'user',
  request: {},
  answer: { unreadCount: unreadCountField },
  refusals: {},
  http: { method: 'GET', path: '/v1/notifications/unread' },
})
