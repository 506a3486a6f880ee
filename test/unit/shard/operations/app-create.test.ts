import { describe, expect, test } from 'vitest'
import { userOfKey } from '../../../../protocol/apps.ts'
import { hashToken } from '../../../../protocol/credentials.ts'
import { appsPerUserMax, quotaDefault } from '../../../../protocol/limits.ts'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appIdentifyHandler } from '../../../../shard/operations/app-identify.ts'
import { appListHandler } from '../../../../shard/operations/app-list.ts'
import { appRevokeHandler } from '../../../../shard/operations/app-revoke.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('app.create', () => {
  test('answers the application and its key; only the hash of the key is kept', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const url = 'https://example.org/rook'
    const made = shard.ask(appCreateHandler, alice, { name: 'Rook reader', url })
    expect(made.app).toMatchObject({ name: 'Rook reader', url, quota: quotaDefault })
    expect(made.app.description).toBeUndefined()
    expect(userOfKey(made.key)).toBe(alice)
    expect(JSON.stringify(shard.log)).not.toContain(made.key)
    for (const state of [shard.state, shard.replica]) {
      expect(state.apps.find(alice, made.app.id)?.keyHash).toBe(hashToken(made.key))
    }
  })

  test('a retry finds its application and gives it a key that can be shown; the first one ends', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const params = { name: 'Rook reader', operationId: 'once' }
    const first = shard.ask(appCreateHandler, alice, params)
    const second = shard.ask(appCreateHandler, alice, params)
    expect(second.app).toEqual(first.app)
    expect(second.key).not.toBe(first.key)
    expect(shard.ask(appListHandler, alice, {}).apps).toHaveLength(1)
    expect(shard.gateway.endedSessions).toEqual([hashToken(first.key)])
    const of = (key: string) => ({ userId: alice, keyHash: hashToken(key) })
    expect(shard.call(appIdentifyHandler, stranger, of(first.key)).kind).toBe('failed')
    expect(shard.call(appIdentifyHandler, stranger, of(second.key)).kind).toBe('answered')
  })

  test('a retry makes no second application in place of one that was revoked since', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const params = { name: 'Rook reader', operationId: 'once' }
    const { app } = shard.ask(appCreateHandler, alice, params)
    shard.ask(appRevokeHandler, alice, { appId: app.id })
    expect(shard.call(appCreateHandler, alice, params)).toMatchObject({
      error: { code: 'not_found' },
    })
    expect(shard.ask(appListHandler, alice, {}).apps).toEqual([])
  })

  test('one developer has so many, and another has their own', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    for (let count = 0; count < appsPerUserMax; count++) {
      shard.ask(appCreateHandler, alice, { name: `app ${count}` })
    }
    expect(shard.call(appCreateHandler, alice, { name: 'one more' })).toMatchObject({
      error: { code: 'too_large' },
    })
    expect(shard.call(appCreateHandler, bob, { name: 'first' }).kind).toBe('answered')
  })

  test('is kept only where the developer lives, and its id is known everywhere', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const bob = shard.hearOf('bob')
    const appId = shard.newId(Math.floor(bob / 16) % 256)
    shard.hear(appCreateHandler.operation, { userId: bob, appId, name: 'far', keyHash: 'hash' })
    expect(shard.state.apps.listOf(bob)).toEqual([])
    expect(shard.state.lastIssuedId(Math.floor(bob / 16) % 256)).toBe(appId)
  })
})
