import { describe, expect, test } from 'vitest'
import { hashToken, makeToken } from '../../../../protocol/credentials.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { sessionEndHandler } from '../../../../shard/operations/session-end.ts'
import { sessionResumeHandler } from '../../../../shard/operations/session-resume.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const unauthenticated = { kind: 'failed', error: { code: 'unauthenticated', retry: 'never' } }

describe('session.resume', () => {
  test('says who the token is', () => {
    const { shard, alice, token } = world()
    const { user } = shard.ask(sessionResumeHandler, stranger, { token })
    expect(user).toMatchObject({ id: alice, handle: 'alice' })
    expect(user.viewer).toBeUndefined()
  })

  test('a token that nobody was given is nobody', () => {
    const { shard, alice } = world()
    const token = makeToken(alice, new Uint8Array(32).fill(200))
    expect(shard.call(sessionResumeHandler, stranger, { token })).toMatchObject(unauthenticated)
  })

  test('what is not a token at all reaches no partition', () => {
    const { shard } = world()
    for (const token of ['', 'rk_', 'hello', 'rk_zzzzzzzzzzz_']) {
      expect(shard.call(sessionResumeHandler, stranger, { token })).toMatchObject(unauthenticated)
    }
  })

  test('a session that is over is over to the millisecond', () => {
    const { shard, token } = world()
    shard.nowMs += shard.sessionLifetimeMs - 2
    expect(shard.call(sessionResumeHandler, stranger, { token }).kind).toBe('answered')
    expect(shard.call(sessionResumeHandler, stranger, { token })).toMatchObject(unauthenticated)
  })

  test('a session that was ended is nobody any more, another one of the same user goes on', () => {
    const { shard, alice, token } = world()
    const credentials = { handle: 'alice', password: 'secret of alice' }
    const other = shard.ask(sessionCreateHandler, stranger, credentials).token
    shard.ask(sessionEndHandler, alice, {}, { tokenHash: hashToken(token) })
    expect(shard.call(sessionResumeHandler, stranger, { token })).toMatchObject(unauthenticated)
    expect(shard.ask(sessionResumeHandler, stranger, { token: other }).user.id).toBe(alice)
  })
})

function world() {
  const shard = new OneShard()
  const [alice] = shard.signUp('alice')
  const credentials = { handle: 'alice', password: 'secret of alice' }
  const { token } = shard.ask(sessionCreateHandler, stranger, credentials)
  return { shard, alice, token }
}
