import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appListHandler } from '../../../../shard/operations/app-list.ts'
import { appRevokeHandler } from '../../../../shard/operations/app-revoke.ts'
import { appTakeQuotaHandler } from '../../../../shard/operations/app-take-quota.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('app.revoke', () => {
  test('ends the application and its key, and tells the gateways', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { app, key } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    const keyHash = hashToken(key)
    expect(shard.ask(appRevokeHandler, alice, { appId: app.id })).toEqual({})
    expect(shard.gateway.endedSessions).toEqual([keyHash])
    expect(shard.ask(appListHandler, alice, {}).apps).toEqual([])
    expect(shard.replica.apps.listOf(alice)).toEqual([])
    expect(shard.call(appTakeQuotaHandler, stranger, { userId: alice, keyHash })).toMatchObject({
      error: { code: 'unauthenticated' },
    })
  })

  test('a second time there is nothing to revoke', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { app } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    shard.ask(appRevokeHandler, alice, { appId: app.id })
    expect(shard.call(appRevokeHandler, alice, { appId: app.id }).kind).toBe('absent')
  })
})
