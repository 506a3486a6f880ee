import { failure } from '../../protocol/errors.ts'
import { appTakeQuota } from '../../protocol/operations/app-take-quota.ts'
import { appOfKey, claimOfApps, grantOf, quotaAt } from './apps.ts'
import { implementWrite } from './implement.ts'

export const appTakeQuotaHandler = implementWrite(appTakeQuota, {
  claims: (_context, { userId }) => [claimOfApps(userId)],

  decide(view, { nowMs }, key) {
    const app = appOfKey(view, key)
    if (app === undefined) return { kind: 'failed', error: failure('unauthenticated') }
    const { window, left } = quotaAt(app, nowMs)
    if (left === 0) return { kind: 'unchanged' }
    const event = { userId: key.userId, appId: app.id, window, granted: grantOf(left) }
    return { kind: 'committed', event }
  },

  apply(state, { userId, appId, window, granted }) {
    const app = state.apps.find(userId, appId)
    if (app === undefined) return 0
    const before = app.grantWindow === window ? app.granted : 0
    state.apps.put(userId, { ...app, grantWindow: window, granted: before + granted })
    return 0
  },

  answer(view, { nowMs }, { params, event }, writer) {
    const granted = event?.granted ?? 0
    const app =
      event === undefined ? appOfKey(view, params) : view.apps.find(params.userId, event.appId)
    // Where the account was deleted before the grant landed, nobody uses it: the key has ended.
    const { left, windowLeftMs } =
      app === undefined ? { left: 0, windowLeftMs: 1 } : quotaAt(app, nowMs)
    writer.map(4)
    writer.text('granted')
    writer.integer(granted)
    writer.text('left')
    writer.integer(left)
    writer.text('quota')
    writer.integer(app?.quota ?? granted)
    writer.text('windowLeftMs')
    writer.integer(windowLeftMs)
  },
})
