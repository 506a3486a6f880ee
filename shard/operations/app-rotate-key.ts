import { makeKey } from '../../protocol/apps.ts'
import { hashToken } from '../../protocol/credentials.ts'
import { appRotateKey } from '../../protocol/operations/app-rotate-key.ts'
import { claimOfApps, findOwnApp } from './apps.ts'
import { implementWrite } from './implement.ts'

export const appRotateKeyHandler = implementWrite(appRotateKey, {
  claims: ({ actor }) => [claimOfApps(actor)],

  decide(view, { actor, random }, { appId }) {
    const app = findOwnApp(view, actor, appId)
    if ('kind' in app) return app
    const keyHash = hashToken(makeKey(actor, random))
    const event = { userId: actor, appId, keyHash, endedKeyHash: app.keyHash }
    return { kind: 'committed', event }
  },

  apply(state, { userId, appId, keyHash }) {
    const app = state.apps.find(userId, appId)
    if (app !== undefined) state.apps.put(userId, { ...app, keyHash })
    return 0
  },

  effects(effects, { userId, endedKeyHash }) {
    effects.endSession(userId, endedKeyHash)
  },

  answer(_view, { actor, random }, { params }, writer) {
    writer.map(2)
    writer.text('appId')
    writer.integer(params.appId)
    writer.text('key')
    writer.text(makeKey(actor, random))
  },
})
