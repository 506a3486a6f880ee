import { describe, expect, test } from 'vitest'
import { idMax } from '../../../../protocol/ids.ts'
import { notificationsMarkReadHandler } from '../../../../shard/operations/notifications-mark-read.ts'
import { notificationsUnreadHandler } from '../../../../shard/operations/notifications-unread.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('notifications.unread', () => {
  test('counts the entries in which something is new, and that can be seen', () => {
    const shard = new OneShard()
    const [ada, bob, eve] = shard.signUp('ada', 'bob', 'eve')
    const unread = () => shard.ask(notificationsUnreadHandler, ada, {}).unreadCount
    expect(unread()).toBe(0)
    for (const user of [bob, eve, eve]) shard.post(user, '@ada, caw')
    expect(unread()).toBe(3)
    shard.ask(userMuteHandler, ada, { userId: eve })
    expect(unread()).toBe(1)
    shard.ask(notificationsMarkReadHandler, ada, { upTo: idMax })
    expect(unread()).toBe(0)
    shard.post(bob, '@ada, caw')
    expect(unread()).toBe(1)
  })
})
