import { appRevoke } from '../../protocol/operations/app-revoke.ts'
import { claimOfApps, findOwnApp } from './apps.ts'
import { implementWrite } from './implement.ts'

export const appRevokeHandler = implementWrite(appRevoke, {
  claims: ({ actor }) => [claimOfApps(actor)],

  decide(view, { actor }, { appId }) {
    const app = findOwnApp(view, actor, appId)
    if ('kind' in app) return app
    return { kind: 'committed', event: { userId: actor, appId, endedKeyHash: app.keyHash } }
  },

  apply(state, { userId, appId }) {
    state.apps.remove(userId, appId)
    return 0
  },

  effects(effects, { userId, endedKeyHash }) {
    effects.endSession(userId, endedKeyHash)
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
