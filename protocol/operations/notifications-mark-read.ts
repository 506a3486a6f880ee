import { f } from '../fields.ts'
import { unreadCountField } from '../notifications.ts'
import { defineOperation } from '../operation.ts'

/** Marks notifications as read: all up to one. What was read stays read. */
export const notificationsMarkRead = defineOperation({
  name: 'notifications.markRead',
  code: 0xd1,
  summary: 'Mark notifications as read',
  owner: 'actor',
  access: 'user',
  request: {
    upTo: {
      ...f.id,
      meaning: 'The `id` of the newest notification that was seen: it and all older ones are read.',
    },
  },
  answer: { unreadCount: unreadCountField },
  event: { userId: f.userId, upTo: f.id },
  refusals: {},
  http: { method: 'PUT', path: '/v1/notifications/read' },
})
