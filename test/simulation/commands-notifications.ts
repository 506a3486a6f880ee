// The command of the model test that reads notifications; all others make them.

import fc from 'fast-check'
import type { World } from './comparison.ts'
import { readNotifications } from './comparison-notifications.ts'

export type NotificationCommand = { do: 'read notifications'; user: number; which: number }

const n = fc.nat({ max: 1000 })

export const notificationArbitrary: fc.Arbitrary<NotificationCommand> = fc.record({
  do: fc.constant('read notifications' as const),
  user: n,
  which: n,
})

export function isNotificationCommand<C extends { do: string }>(
  command: C | NotificationCommand,
): command is NotificationCommand {
  return command.do === 'read notifications'
}

/** Reads up to one of them, in the cluster and in the model. */
export async function runNotifications(command: NotificationCommand, world: World): Promise<void> {
  const { cluster, model } = world
  const user = model.users[command.user % model.users.length]!.id
  const { found } = await readNotifications(user, world)
  const upTo = found[command.which % Math.max(1, found.length)]?.id
  if (upTo === undefined) return
  const answer = await cluster.call('notifications.markRead', { upTo }, { actor: user })
  if ('error' in answer) throw new Error(`mark read: ${answer.error.message}`)
  const { readUpTo } = model.notifications
  readUpTo.set(user, Math.max(upTo, readUpTo.get(user) ?? 0))
}
