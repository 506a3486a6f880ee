import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appIdentifyHandler } from '../../../../shard/operations/app-identify.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnsuspendHandler } from '../../../../shard/operations/user-unsuspend.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('app.identify', () => {
  test('says whose key it is, and nothing of one that is unknown', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const { app, key } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    const keyHash = hashToken(key)
    expect(shard.ask(appIdentifyHandler, stranger, { userId: alice, keyHash })).toEqual({
      appId: app.id,
    })
    for (const wrong of [
      { userId: bob, keyHash },
      { userId: alice, keyHash: 'another' },
    ]) {
      expect(shard.call(appIdentifyHandler, stranger, wrong)).toMatchObject({
        error: { code: 'unauthenticated' },
      })
    }
  })

  test('the keys of a suspended developer are good for nothing, until that is taken back', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { key } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    const params = { userId: alice, keyHash: hashToken(key) }
    const action = { handle: 'alice', by: 'moira', reason: 'spam' }
    shard.ask(userSuspendHandler, stranger, action)
    expect(shard.gateway.endedSessions).toContain(hashToken(key))
    expect(shard.call(appIdentifyHandler, stranger, params).kind).toBe('failed')
    shard.ask(userUnsuspendHandler, stranger, action)
    expect(shard.call(appIdentifyHandler, stranger, params).kind).toBe('answered')
  })
})
