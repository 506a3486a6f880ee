import type { AppRecord } from '../../protocol/apps.ts'
import { makeKey } from '../../protocol/apps.ts'
import { hashToken } from '../../protocol/credentials.ts'
import { failure } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import { appsPerUserMax, quotaDefault } from '../../protocol/limits.ts'
import type { Event } from '../../protocol/operation.ts'
import { appCreate } from '../../protocol/operations/app-create.ts'
import type { ShardState } from '../state/shard-state.ts'
import { claimOfApps, writeApp } from './apps.ts'
import { madeBefore } from './collection.ts'
import { implementWrite } from './implement.ts'

export const appCreateHandler = implementWrite(appCreate, {
  claims: ({ actor }) => [claimOfApps(actor)],

  decide(view, context, { operationId, ...described }) {
    const { actor } = context
    const madeId = madeBefore(view, context, { operation: appCreate.code, operationId })
    const made = madeId === undefined ? undefined : view.apps.find(actor, madeId)
    if (madeId !== undefined && made === undefined) {
      const message = 'This operation made an application that was revoked since.'
      return { kind: 'failed', error: failure('not_found', { message }) }
    }
    if (made === undefined && view.apps.listOf(actor).length >= appsPerUserMax) {
      const message = `At most ${appsPerUserMax} applications of one developer: revoke another first.`
      return { kind: 'failed', error: failure('too_large', { message }) }
    }
    return {
      kind: 'committed',
      event: {
        userId: actor,
        appId: made?.id ?? context.newId(),
        ...described,
        keyHash: hashToken(makeKey(actor, context.random)),
        ...(made === undefined ? {} : { endedKeyHash: made.keyHash }),
        ...(operationId === undefined ? {} : { operationId }),
      },
    }
  },

  apply(state, event) {
    state.noteIssuedId(event.appId)
    // It may land behind the deletion of the account.
    const { userId } = event
    if (state.isHosted(userId) && state.users.find(userId) >= 0) keepApp(state, event)
    return 0
  },

  effects(effects, { userId, endedKeyHash }) {
    if (endedKeyHash !== undefined) effects.endSession(userId, endedKeyHash)
  },

  /** By the event where the developer's account was deleted before it landed. */
  answer(view, { actor, random }, { event }, writer) {
    const made = event as NonNullable<typeof event>
    writer.map(2)
    writer.text('app')
    writeApp(writer, view.apps.find(actor, made.appId) ?? newApp(made))
    writer.text('key')
    writer.text(makeKey(actor, random))
  },
})

function keepApp(state: ShardState, event: Event<typeof appCreate>): void {
  const { userId, appId, keyHash, operationId } = event
  const known = state.apps.find(userId, appId)
  state.apps.put(userId, known === undefined ? newApp(event) : { ...known, keyHash })
  if (known === undefined && operationId !== undefined) {
    remember(state, { userId, appId, operationId })
  }
}

function newApp({ appId, name, description, url, keyHash }: Event<typeof appCreate>): AppRecord {
  return {
    id: appId,
    name,
    ...(description === undefined ? {} : { description }),
    ...(url === undefined ? {} : { url }),
    quota: quotaDefault,
    keyHash,
    grantWindow: 0,
    granted: 0,
  }
}

function remember(
  state: ShardState,
  made: { readonly userId: UserId; readonly appId: number; readonly operationId: string },
): void {
  state.remembered(partitionOfId(made.userId)).remember({
    operation: appCreate.code,
    actor: made.userId,
    operationId: made.operationId,
    result: made.appId,
    timeMs: timeOfId(made.appId),
  })
}
