import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appIdentifyHandler } from '../../../../shard/operations/app-identify.ts'
import { appRotateKeyHandler } from '../../../../shard/operations/app-rotate-key.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('app.rotateKey', () => {
  test('gives a new key; the old one is good no more, and the gateways are told', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const { app, key } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    const rotated = shard.ask(appRotateKeyHandler, alice, { appId: app.id })
    expect(rotated.appId).toBe(app.id)
    const asked = (text: string) =>
      shard.call(appIdentifyHandler, stranger, { userId: alice, keyHash: hashToken(text) }).kind
    expect([asked(key), asked(rotated.key)]).toEqual(['failed', 'answered'])
    expect(shard.gateway.endedSessions).toEqual([hashToken(key)])
  })

  test("somebody else's application is none of one's own", () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const { app } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
    expect(shard.call(appRotateKeyHandler, bob, { appId: app.id })).toMatchObject({
      kind: 'absent',
      field: 'appId',
    })
  })
})
