import { appSetQuota } from '../../protocol/operations/app-set-quota.ts'
import { findOwnApp } from './apps.ts'
import { findUser } from './find.ts'
import { implementWrite } from './implement.ts'
import { keepAction } from './moderation.ts'

// It changes nothing that another decision about the application stands on: who was granted something keeps it.
export const appSetQuotaHandler = implementWrite(appSetQuota, {
  claims: (_context, { appId }) => [`quota ${appId}`],

  decide(view, context, { handle, appId, quota, by, reason }) {
    const user = findUser(view, { handle }, context.partitionCount)
    if (typeof user !== 'number') return user
    const userId = view.users.idOf(user)
    const app = findOwnApp(view, userId, appId)
    if ('kind' in app) return app
    if (app.quota === quota) return { kind: 'unchanged' }
    const event = { userId, actionId: context.newId(), appId, quota, by, reason }
    return { kind: 'committed', event }
  },

  apply(state, { userId, actionId, appId, quota, by, reason }) {
    keepAction(state, userId, { id: actionId, action: 'quota', by, reason, appId, quota })
    const app = state.apps.find(userId, appId)
    if (app !== undefined) state.apps.put(userId, { ...app, quota })
    return 0
  },

  answer(view, _context, { params, event }, writer) {
    writer.map(3)
    writer.text('userId')
    writer.integer(event?.userId ?? view.users.idOf(view.users.findHandle(params.handle)))
    writer.text('appId')
    writer.integer(params.appId)
    writer.text('quota')
    writer.integer(params.quota)
  },
})
