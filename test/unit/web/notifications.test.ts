import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../protocol/errors.ts'
import type { Notification } from '../../../protocol/notifications.ts'
import type { Promoted } from '../../../protocol/promotions.ts'
import { Entities } from '../../../server/web/store/entities.ts'
import { Notifications } from '../../../server/web/store/notifications.ts'
import { Promotions } from '../../../server/web/store/promotions.ts'
import { listenAgainMs } from '../../../server/web/wire/limits.ts'
import { fakeServer, settled, tweet, user } from './people.ts'

function entry(id: number, key: string, more: Partial<Notification> = {}): Notification {
  const rest = { createdAt: id, actorIds: [], count: 1, read: false, ...more }
  return { id, key, kind: 'follow', ...rest } as Notification
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A reader whose list is open and holds `a` and `b`, and whose stream stands at `e:5`. */
async function reading() {
  const server = fakeServer()
  const notifications = new Notifications({ call: server.call, entities: new Entities() })
  void notifications.connected()
  server.next().answer({ position: 'e:5', recovered: false, tweets: [], users: [], unreadCount: 2 })
  await settled()
  notifications.start()
  const list = [entry(9, 'a'), entry(7, 'b')]
  server.next().answer({ notifications: list, tweets: [], users: [], unreadCount: 2 })
  await settled()
  const keys = () => notifications.state.value.entries.map(({ key }) => key)
  const push = (notification: Notification, unreadCount: number) =>
    notifications.pushed({
      notification,
      tweets: [],
      users: [user(1)],
      position: `e:${notification.id}`,
      unreadCount,
    } as never)
  return { server, notifications, keys, push }
}

describe('notifications', () => {
  test('an entry in which more happens moves to the top and stays one', async () => {
    const { notifications, keys, push } = await reading()
    push(entry(12, 'b', { count: 5 }), 2)
    push(entry(13, 'c'), 3)
    push(entry(11, 'b', { count: 4 }), 3)
    expect(keys()).toEqual(['c', 'b', 'a'])
    expect(notifications.state.value.entries[1]).toMatchObject({ id: 12, count: 5 })
    expect(notifications.unread.value).toBe(3)
  })

  test('the stream goes on where it stood, and a hole is filled by reading anew', async () => {
    const { server, notifications, keys, push } = await reading()
    push(entry(12, 'c'), 3)
    notifications.disconnected()
    void notifications.connected()
    const again = server.next()
    expect(again.params).toEqual({ channel: 'notifications', position: 'e:12' })
    const missed = { tweets: [], users: [], unreadCount: 4, notifications: [entry(14, 'd')] }
    again.answer({ position: 'e:14', recovered: true, ...missed })
    await settled()
    expect(keys()).toEqual(['d', 'c', 'a', 'b'])

    notifications.disconnected()
    void notifications.connected()
    server.next().answer({ position: 'f:1', recovered: false, ...missed })
    await settled()
    const list = server.next()
    expect(list.name).toBe('notifications.list')
    const newest = [entry(20, 'z')]
    list.answer({ notifications: newest, tweets: [], users: [], unreadCount: 1 })
    await settled()
    expect(keys()).toEqual(['z'])
  })

  test('a stream that nobody can serve at the moment is asked for again', async () => {
    const { server, notifications } = await reading()
    notifications.disconnected()
    void notifications.connected()
    server.next().refuse(failure('unavailable'))
    await vi.advanceTimersByTimeAsync(listenAgainMs)
    const missed = { tweets: [], users: [], notifications: [], unreadCount: 3 }
    server.next().answer({ position: 'e:6', recovered: true, ...missed })
    await settled()
    expect(notifications.unread.value).toBe(3)
  })

  test('what was seen is read up to the newest, and loses its look when the reader goes', async () => {
    const { server, notifications } = await reading()
    void notifications.markRead()
    const mark = server.next()
    expect(mark.params).toEqual({ upTo: 9 })
    mark.answer({ unreadCount: 0 })
    await settled()
    expect(notifications.unread.value).toBe(0)
    expect(notifications.state.value.entries[0]?.read).toBe(false)
    notifications.left()
    expect(notifications.state.value.entries[0]?.read).toBe(true)
    void notifications.markRead()
    expect(server.asked).toEqual([])
  })

  test('a page that cannot be had says why, and is tried again', async () => {
    const server = fakeServer()
    const notifications = new Notifications({ call: server.call, entities: new Entities() })
    notifications.start()
    server.next().refuse(failure('unavailable'))
    await settled()
    expect(notifications.state.value).toMatchObject({ status: 'failed', entries: [] })
    notifications.more()
    server.next().answer({ notifications: [], tweets: [], users: [], unreadCount: 0 })
    await settled()
    expect(notifications.state.value.status).toBe('ready')
  })
})

describe('promotions', () => {
  const promoted = (impression: string, place: number): Promoted =>
    ({ promotionId: 3, place, tweet: tweet(100), impression }) as Promoted

  test('stand in front of an entry, once for each impression, and are told once', async () => {
    const server = fakeServer()
    const promotions = new Promotions({ call: server.call, entities: new Entities() })
    const tweets = [tweet(5), tweet(4), tweet(3)]
    promotions.learn({ tweets, promoted: [promoted('i1', 1)] })
    promotions.learn({ tweets: [tweet(2)], promoted: [promoted('i1', 0), promoted('i2', 9)] })
    expect(promotions.before(tweet(4).id)?.impression).toBe('i1')
    expect(promotions.before(tweet(5).id)).toBeUndefined()
    expect(promotions.before(tweet(2).id)?.impression).toBe('i2')

    void promotions.seen(promoted('i1', 1))
    void promotions.seen(promoted('i1', 1))
    expect(server.asked.map(({ params }) => params)).toEqual([{ promotionId: 3, impression: 'i1' }])
    server.next().refuse(failure('not_found'))
    await settled()
  })
})
