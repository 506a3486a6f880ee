// The comparison of notifications: page by page, all that the model says, in the order of their ids.

import { expect } from 'vitest'
import type { Notification } from '../../protocol/notifications.ts'
import type { Model } from './model.ts'
import { type ModelNotification, notificationsOf } from './model-notifications.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }

export async function compareNotifications(reader: number, world: World): Promise<void> {
  const { model } = world
  const { found, unreadCount } = await readNotifications(reader, world)
  const ids = found.map(({ id }) => id)
  expect(
    [...ids].sort((left, right) => right - left),
    'newest first',
  ).toEqual(ids)
  expect(new Set(found.map(({ key }) => key)).size, 'each entry once').toBe(found.length)
  for (const { actorIds, count } of found) expect(actorIds).toHaveLength(Math.min(count, 8))
  const shown = found.map(({ kind, tweetId, actorIds }) => line(kind, tweetId, actorIds))
  const expected = notificationsOf(model, reader).map(lineOf)
  expect(shown.sort(), 'I5: notifications').toEqual(expected.sort())
  const readUpTo = model.notifications.readUpTo.get(reader) ?? 0
  for (const { id, read } of found) expect(read).toBe(id <= readUpTo)
  expect(unreadCount).toBe(found.filter(({ read }) => !read).length)
  const unread = await world.cluster.call('notifications.unread', {}, { actor: reader })
  expect(unread).toEqual({ result: { unreadCount } })
}

/** All pages, in pages of random size. */
export async function readNotifications(
  reader: number,
  { cluster }: World,
): Promise<{ readonly found: readonly Notification[]; readonly unreadCount: number }> {
  const found: Notification[] = []
  let before: number | undefined
  let unreadCount = 0
  do {
    const limit = 1 + Math.floor(cluster.random() * 12)
    const params = { limit, ...(before === undefined ? {} : { before }) }
    const answer = await cluster.call('notifications.list', params, { actor: reader })
    if ('error' in answer) throw new Error(`notifications: ${answer.error.message}`)
    const { notifications, tweets, users } = answer.result
    const [named, known] = [tweets.map(({ id }) => id), users.map(({ id }) => id)]
    expect(new Set(named).size, 'each tweet once').toBe(named.length)
    expect(new Set(known).size, 'each user once').toBe(known.length)
    for (const { tweetId, actorIds } of notifications) {
      if (tweetId !== undefined) expect(named).toContain(tweetId)
      expect(known).toEqual(expect.arrayContaining([...actorIds]))
    }
    found.push(...notifications)
    unreadCount = answer.result.unreadCount
    before = answer.result.olderCursor
  } while (before !== undefined)
  return { found, unreadCount }
}

function lineOf({ kind, tweetId, actors }: ModelNotification): string {
  return line(kind, tweetId, [...actors])
}

function line(kind: string, tweetId: number | undefined, actors: readonly number[]): string {
  return [kind, tweetId, ...[...actors].sort((left, right) => left - right)].join(' ')
}
