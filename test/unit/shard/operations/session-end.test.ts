import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { sessionEndHandler } from '../../../../shard/operations/session-end.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('session.end', () => {
  test('ends the session here and on the replica, and tells the gateways', () => {
    const { shard, alice, tokenHash } = world()
    expect(shard.state.accounts.session(alice, tokenHash, shard.nowMs)).toBeDefined()
    expect(shard.ask(sessionEndHandler, alice, {}, { tokenHash })).toEqual({})
    for (const { accounts } of [shard.state, shard.replica]) {
      expect(accounts.session(alice, tokenHash, shard.nowMs)).toBeUndefined()
    }
    expect(shard.gateway.endedSessions).toEqual([tokenHash])
  })

  test('a second time, an unknown session and none at all are answered, and nothing is logged', () => {
    const { shard, alice, tokenHash } = world()
    shard.ask(sessionEndHandler, alice, {}, { tokenHash })
    const logged = shard.log.length
    expect(shard.ask(sessionEndHandler, alice, {}, { tokenHash })).toEqual({})
    expect(shard.ask(sessionEndHandler, alice, {}, { tokenHash: 'unknown' })).toEqual({})
    expect(shard.ask(sessionEndHandler, alice, {})).toEqual({})
    expect(shard.log).toHaveLength(logged)
    expect(shard.gateway.endedSessions).toEqual([tokenHash])
  })

  test('a session that is over already needs no entry', () => {
    const { shard, alice, tokenHash } = world()
    shard.nowMs += shard.sessionLifetimeMs
    const logged = shard.log.length
    expect(shard.ask(sessionEndHandler, alice, {}, { tokenHash })).toEqual({})
    expect(shard.log).toHaveLength(logged)
  })

  test('two ends of one session at once are both answered', () => {
    const { shard, alice, tokenHash } = world()
    const [one, two] = [1, 2].map(() => shard.prepare(sessionEndHandler, alice, {}, { tokenHash }))
    expect([one!.decide().kind, two!.decide().kind]).toEqual(['committed', 'committed'])
    expect([one!.land().kind, two!.land().kind]).toEqual(['answered', 'answered'])
  })

  test('a stranger has no session to end', () => {
    const { shard, tokenHash } = world()
    expect(shard.call(sessionEndHandler, stranger, {}, { tokenHash })).toMatchObject({
      kind: 'failed',
      error: { code: 'unauthenticated' },
    })
  })
})

function world() {
  const shard = new OneShard()
  const [alice] = shard.signUp('alice')
  const credentials = { handle: 'alice', password: 'secret of alice' }
  const { token } = shard.ask(sessionCreateHandler, stranger, credentials)
  return { shard, alice, tokenHash: hashToken(token) }
}
