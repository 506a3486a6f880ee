import { sessionEnd } from '../../protocol/operations/session-end.ts'
import { implementWrite } from './implement.ts'

export const sessionEndHandler = implementWrite(sessionEnd, {
  claims: (_context) => [],

  decide(view, { actor, tokenHash, nowMs }) {
    if (tokenHash === undefined || view.accounts.session(actor, tokenHash, nowMs) === undefined) {
      return { kind: 'unchanged' }
    }
    return { kind: 'committed', event: { userId: actor, tokenHash } }
  },

  apply(state, { userId, tokenHash }) {
    state.accounts.endSession(userId, tokenHash)
    return 0
  },

  effects(effects, { userId, tokenHash }) {
    effects.endSession(userId, tokenHash)
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
