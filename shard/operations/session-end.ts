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

  apply(state, { userId, tokenHash }) {
    state.accounts.endSession(tokenHash)
    return state.isHosted(userId) ? 1 : 0
  },

  // Told only by the shard that answers: the word of another one could be there before the answer,
  // and would close the socket that waits for it.
  effects(effects, { tokenHash }, isHosted) {
    if (isHosted === 1) effects.endSession(tokenHash)
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
