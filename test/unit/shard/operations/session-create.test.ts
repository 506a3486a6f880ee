import { describe, expect, test } from 'vitest'
import { hashToken, userOfToken } from '../../../../protocol/credentials.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { sessionCreateHandler } from '../../../../shard/operations/session-create.ts'
import { sessionResumeHandler } from '../../../../shard/operations/session-resume.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('session.create', () => {
  test('the right password opens a session for as long as sessions last', () => {
    const { shard, alice } = world()
    const params = { handle: 'alice', password: 'secret of alice' }
    const { user, token } = shard.ask(sessionCreateHandler, stranger, params)
    expect(user).toMatchObject({ id: alice, handle: 'alice' })
    expect(user.viewer).toBeUndefined()
    expect(userOfToken(token)).toBe(alice)
    const endsAtMs = shard.nowMs + shard.sessionLifetimeMs
    const { accounts } = shard.replica
    expect(accounts.session(alice, hashToken(token), endsAtMs - 1)).toEqual({
      tokenHash: hashToken(token),
      expiresAtMs: endsAtMs,
    })
    expect(accounts.session(alice, hashToken(token), endsAtMs)).toBeUndefined()
  })

  test('the handle may be written in any case', () => {
    const { shard, alice } = world()
    const params = { handle: 'ALICE', password: 'secret of alice' }
    expect(shard.ask(sessionCreateHandler, stranger, params).user.id).toBe(alice)
  })

  test('a wrong password and an unknown handle are refused alike, and both are worked on', () => {
    const { shard } = world()
    const logged = shard.log.length
    const refused = { kind: 'refused', code: 'wrong_credentials' }
    const wrong = { handle: 'alice', password: 'wrong' }
    expect(shard.call(sessionCreateHandler, stranger, wrong)).toEqual(refused)
    const unknown = { handle: 'nobody', password: 'wrong' }
    expect(shard.call(sessionCreateHandler, stranger, unknown)).toEqual(refused)
    const noHandle = { handle: 'not a handle!', password: 'wrong' }
    expect(shard.call(sessionCreateHandler, stranger, noHandle)).toEqual(refused)
    expect(shard.log).toHaveLength(logged)
    expect(shard.passwordTasks.slice(1)).toEqual([
      { kind: 'verify', ...wrong, hash: expect.stringContaining('hash of secret of alice') },
      { kind: 'verify', ...unknown, hash: undefined },
      { kind: 'verify', ...noHandle, hash: undefined },
    ])
  })

  test('each sign-in has its own token, and neither waits for the other', () => {
    const { shard, alice } = world()
    const params = { handle: 'alice', password: 'secret of alice' }
    const [one, two] = [1, 2].map(() => shard.prepare(sessionCreateHandler, stranger, params))
    expect([...one!.claims, ...two!.claims]).toEqual([])
    const tokens = [one, two].map((prepared) => {
      const called = prepared!.land()
      return called.kind === 'answered' ? called.answer.token : ''
    })
    expect(new Set(tokens).size).toBe(2)
    for (const token of tokens) {
      expect(shard.ask(sessionResumeHandler, stranger, { token }).user.id).toBe(alice)
    }
  })

  test('beside the deletion of the account it is refused, and begins no session (I10)', () => {
    const { shard, alice } = world()
    const password = 'secret of alice'
    const signIn = shard.prepare(sessionCreateHandler, stranger, { handle: 'alice', password })
    signIn.decide()
    shard.ask(accountDeleteHandler, alice, { password })
    expect(signIn.land()).toEqual({ kind: 'refused', code: 'wrong_credentials' })
    expect(shard.state.accounts.sessionsOf(alice)).toEqual([])
  })

  test('the log holds the hash of the token only', () => {
    const { shard } = world()
    const params = { handle: 'alice', password: 'secret of alice' }
    const { token } = shard.ask(sessionCreateHandler, stranger, params)
    const payload = Buffer.from(shard.log.at(-1)!.payload).toString('latin1')
    expect(payload).not.toContain(token)
    expect(payload).not.toContain('secret of alice')
  })
})

function world() {
  const shard = new OneShard()
  const [alice] = shard.signUp('alice')
  return { shard, alice }
}
