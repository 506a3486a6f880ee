import { firstIdAt } from '../../protocol/ids.ts'
import { notificationsMarkRead } from '../../protocol/operations/notifications-mark-read.ts'
import { markKind } from '../state/marks.ts'
import { implementWrite } from './implement.ts'
import { notificationsOf, unreadCountOf } from './notifications.ts'

export const notificationsMarkReadHandler = implementWrite(notificationsMarkRead, {
  claims: ({ actor }) => [`read notifications ${actor}`],

  decide(view, { actor, actorIndex, nowMs }, params) {
    // What has not happened yet cannot be read. What has may be known to a replica, and here a moment later.
    const newest = notificationsOf(view, actorIndex)[0]?.id ?? 0
    const upTo = Math.min(params.upTo, Math.max(newest, firstIdAt(nowMs) - 1))
    const readUpTo = view.marks(markKind.readNotifications).at(actorIndex, 0)
    if (upTo <= Math.max(0, readUpTo)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, upTo } }
  },

  apply(state, { userId, upTo }) {
    if (!state.isHosted(userId)) return 0
    const user = state.users.index.intern(userId)
    const kind = markKind.readNotifications
    const before = state.marks(kind).at(user, 0)
    if (before >= upTo) return 0
    if (before > 0) state.marked.remove(kind, user, before)
    state.marked.add(kind, user, upTo)
    return 0
  },

  answer(view, { actorIndex }, _given, writer) {
    writer.map(1)
    writer.text('unreadCount')
    writer.integer(unreadCountOf(notificationsOf(view, actorIndex)))
  },
})
