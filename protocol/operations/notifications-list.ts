import { pageRequest, tweetPage } from '../entities.ts'
import { notificationsField, unreadCountField } from '../notifications.ts'
import { defineOperation } from '../operation.ts'

/**
 * What others have done that concerns the actor, the newest first: alike things as one entry. `tweets` and
 * `users` hold what the entries name, each once. Nothing comes of those whom the actor has muted or who are blocked.
 */
export const notificationsList = defineOperation({
  name: 'notifications.list',
  code: 0xd0,
  summary: 'List the notifications',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { ...tweetPage, notifications: notificationsField, unreadCount: unreadCountField },
  refusals: {},
  http: { method: 'GET', path: '/v1/notifications' },
})
