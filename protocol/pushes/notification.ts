import { positionField, referencedField, tweetsField, usersField } from '../entities.ts'
import { notificationField, unreadCountField } from '../notifications.ts'
import { definePush } from '../operation.ts'

/** Something has happened that concerns the reader, in the channel `notifications`: the entry as it now is. */
export const notification = definePush({
  name: 'notification',
  code: 0x04,
  summary: 'A new notification, or one more in an entry',
  data: {
    tweets: tweetsField,
    referenced: referencedField,
    users: usersField,
    notification: notificationField,
    position: positionField,
    unreadCount: unreadCountField,
  },
})
