import { endedAtOnceMax } from '../../protocol/limits.ts'
import { accountDelete } from '../../protocol/operations/account-delete.ts'
import { implementWrite, lockedPasswordHash } from './implement.ts'
import { leave } from './leaving.ts'
import { hashesOf } from './user-suspend.ts'

// A sign-in, or a sign-up that is tried again, may land behind it: that one begins no session, and says so (`gone`).
export const accountDeleteHandler = implementWrite(accountDelete, {
  claims: ({ actor }) => [`account ${actor}`],

  password(view, { actor, actorIndex }, { password }) {
    const known = view.accounts.passwordHash(actor)
    const hash = known === lockedPasswordHash ? undefined : known
    return { kind: 'verify', password, hash, handle: view.users.cardOf(actorIndex).handle }
  },

  decide(view, context, _params) {
    const { actor, isPasswordRight } = context
    if (!isPasswordRight) return { kind: 'refused', code: 'wrong_credentials' }
    return {
      kind: 'committed',
      event: {
        userId: actor,
        departureId: context.newId(),
        endedHashes: hashesOf(view, actor).slice(0, endedAtOnceMax),
      },
    }
  },

  apply(state, { userId, departureId }) {
    state.noteIssuedId(departureId)
    leave(state, userId, departureId)
    return 0
  },

  effects(effects, { userId, endedHashes }) {
    for (const hash of endedHashes) effects.endSession(userId, hash)
    effects.accountLeft(userId)
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
