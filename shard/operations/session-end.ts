import { sessionEnd } from '../../protocol/operations/session-end.ts'
import { implementWrite } from './implement.ts'

export const sessionEndHandler = implementWrite(sessionEnd, {
  claims: (_context) => [],

  decide(view, { actor, tokenHash, nowMs }) {
    if (tokenHash === undefined || view.accounts.session(tokenHash, nowMs) === undefined) {
      return { kind: 'unchanged' }
    }
    return { kind: 'committed', event: { userId: actor, tokenHash } }
  },

  apply(state, { tokenHash }) {
    state.accounts.endSession(tokenHash)
    return 0
  },

  effects(effects, { userId, tokenHash }) {
    effects.endSession(userId, tokenHash)
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
