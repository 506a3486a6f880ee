import { hashToken, makeToken } from '../../protocol/credentials.ts'
import type { Partition, UserId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import type { Event } from '../../protocol/operation.ts'
import { accountCreate } from '../../protocol/operations/account-create.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { writeUserAndToken } from './present.ts'
import { isSuspended } from './visibility.ts'

// A retry with the same operation id and the right password finds its account and gets a new token:
// the first one cannot be given again, as only its hash was kept.
export const accountCreateHandler = implementWrite(accountCreate, {
  claims: (_context, { handle }) => [`handle ${handle.toLowerCase()}`],

  password(view, { partition }, { handle, password, operationId }) {
    const user = view.users.findHandle(handle)
    if (user < 0) return { kind: 'hash', password }
    const userId = view.users.idOf(user)
    if (!isRetry(view, { partition, userId, operationId })) return { kind: 'none' }
    return { kind: 'verify', password, hash: view.accounts.passwordHash(userId), handle }
  },

  decide(view, context, { handle, name, email, birthDate, operationId }) {
    const { partition, isPasswordRight, passwordHash } = context
    const existing = view.users.findHandle(handle)
    const existingId = existing < 0 ? undefined : view.users.idOf(existing)
    if (existingId !== undefined) {
      if (!isRetry(view, { partition, userId: existingId, operationId })) return handleTaken
      // The first attempt may have come through while this one's password was hashed as a new one.
      const isOutdated = passwordHash !== view.accounts.passwordHash(existingId)
      if (isOutdated) return { kind: 'password-outdated' }
      if (!isPasswordRight || isSuspended(view, existing)) return handleTaken
    }
    // The handle of somebody who has left is nobody else's.
    if (existingId === undefined && view.users.isTaken(handle)) return handleTaken
    const userId = existingId ?? (context.newId() as UserId)
    return {
      kind: 'committed',
      event: {
        userId,
        handle,
        name,
        passwordHash,
        tokenHash: hashToken(makeToken(userId, context.random)),
        tokenExpiresAt: context.nowMs + context.sessionLifetimeMs,
        ...(email === undefined ? {} : { email }),
        ...(birthDate === undefined ? {} : { birthDate }),
        ...(operationId === undefined ? {} : { operationId }),
      },
    }
  },

  apply(state, { userId, handle, name, tokenHash, tokenExpiresAt, ...rest }) {
    // A retry may land behind the deletion of the account that it has made.
    if (state.users.isGone(state.users.index.intern(userId))) return 0
    if (state.users.find(userId) < 0) {
      const createdAt = timeOfId(userId)
      state.noteIssuedId(userId)
      state.users.setCard({ id: userId, handle, name, bio: '', createdAt, protected: false })
      if (state.isHosted(userId)) keepAccount(state, { userId, ...rest })
    }
    if (state.isHosted(userId)) {
      state.accounts.openSession(userId, { tokenHash, expiresAtMs: tokenExpiresAt })
    }
    return 0
  },

  // A retry, and the account that the first attempt has made was deleted meanwhile: its handle stays taken.
  gone: (view, _context, { event }) =>
    view.users.find((event as NonNullable<typeof event>).userId) < 0 ? handleTaken : undefined,

  answer(view, { random }, { event }, writer) {
    const { userId } = event as NonNullable<typeof event>
    writeUserAndToken(writer, view, { userId, random })
  },
})

const handleTaken = { kind: 'refused', code: 'handle_taken' } as const

/** Whether this very operation made the user: then it is answered again instead of refused. */
function isRetry(
  view: View,
  given: { partition: Partition; userId: UserId; operationId: string | undefined },
): boolean {
  const { partition, userId, operationId } = given
  if (operationId === undefined) return false
  const attempt = { operation: accountCreate.code, actor: userId, operationId }
  return view.remembered(partition).resultOf(attempt) === userId
}

type Kept = Omit<Event<typeof accountCreate>, 'handle' | 'name' | 'tokenHash' | 'tokenExpiresAt'>

function keepAccount(state: ShardState, account: Kept): void {
  const { userId, passwordHash, email, birthDate, operationId } = account
  const contact = {
    ...(email === undefined ? {} : { email }),
    ...(birthDate === undefined ? {} : { birthDate }),
  }
  state.accounts.create({ userId, passwordHash, contact })
  if (operationId === undefined) return
  state.remembered(partitionOfId(userId)).remember({
    operation: accountCreate.code,
    actor: userId,
    operationId,
    result: userId,
    timeMs: timeOfId(userId),
  })
}
