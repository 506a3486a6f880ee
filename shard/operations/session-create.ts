import { hashToken, makeToken } from '../../protocol/credentials.ts'
import { sessionCreate } from '../../protocol/operations/session-create.ts'
import { implementWrite, lockedPasswordHash } from './implement.ts'
import { writeUserAndToken } from './present.ts'
import { isSuspended } from './visibility.ts'

export const sessionCreateHandler = implementWrite(sessionCreate, {
  // Two sign-ins of one user do not depend on each other; a suspension ends them all.
  claims: (_context, { handle }) => [{ shared: `sessions ${handle.toLowerCase()}` }],

  password(view, _context, { handle, password }) {
    const user = view.users.findHandle(handle)
    const known = user < 0 ? undefined : view.accounts.passwordHash(view.users.idOf(user))
    const hash = known === lockedPasswordHash ? undefined : known
    return { kind: 'verify', password, hash, handle }
  },

  decide(view, context, { handle }) {
    const user = view.users.findHandle(handle)
    if (user < 0 || !context.isPasswordRight) return { kind: 'refused', code: 'wrong_credentials' }
    if (isSuspended(view, user)) return { kind: 'refused', code: 'suspended' }
    const userId = view.users.idOf(user)
    return {
      kind: 'committed',
      event: {
        userId,
        tokenHash: hashToken(makeToken(userId, context.random)),
        tokenExpiresAt: context.nowMs + context.sessionLifetimeMs,
      },
    }
  },

  apply(state, { userId, tokenHash, tokenExpiresAt }) {
    // It may land behind the deletion of the account.
    if (state.isHosted(userId) && state.users.find(userId) >= 0) {
      state.accounts.openSession(userId, { tokenHash, expiresAtMs: tokenExpiresAt })
    }
    return 0
  },

  // The account was deleted meanwhile, and no session began.
  gone: (view, _context, { event }) =>
    view.users.find((event as NonNullable<typeof event>).userId) < 0
      ? { kind: 'refused', code: 'wrong_credentials' }
      : undefined,

  answer(view, { random }, { event }, writer) {
    const { userId } = event as NonNullable<typeof event>
    writeUserAndToken(writer, view, { userId, random })
  },
})
