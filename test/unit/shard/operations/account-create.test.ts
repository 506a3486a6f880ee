import { describe, expect, test } from 'vitest'
import { hashToken, userOfToken } from '../../../../protocol/credentials.ts'
import { partitionOfHandle, partitionOfId, timeOfId } from '../../../../protocol/ids.ts'
import type { Params } from '../../../../protocol/operation.ts'
import type { accountCreate } from '../../../../protocol/operations/account-create.ts'
import { accountCreateHandler } from '../../../../shard/operations/account-create.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { sessionResumeHandler } from '../../../../shard/operations/session-resume.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

type SignUp = Params<typeof accountCreate>
const ada: SignUp = { handle: 'Ada', name: 'Ada L.', password: 'analytical' }

describe('account.create', () => {
  test('makes the user in the partition of the handle, and a token that signs in', () => {
    const shard = new OneShard()
    const { user, token } = shard.ask(accountCreateHandler, stranger, ada)
    expect(user).toEqual({
      id: user.id,
      handle: 'Ada',
      name: 'Ada L.',
      bio: '',
      createdAt: timeOfId(user.id),
      protected: false,
      counts: { tweets: 0, followers: 0, following: 0 },
    })
    expect(partitionOfId(user.id)).toBe(partitionOfHandle('ada', shard.partitionCount))
    expect(userOfToken(token)).toBe(user.id)
    expect(shard.ask(sessionResumeHandler, stranger, { token }).user).toEqual(user)
  })

  test('the log holds hashes only: neither the password nor the token', () => {
    const shard = new OneShard()
    const { token } = shard.ask(accountCreateHandler, stranger, ada)
    const payload = Buffer.from(shard.log[0]!.payload).toString('latin1')
    expect(payload).toContain('hash of analytical')
    expect(payload.replace('hash of analytical', '')).not.toContain('analytical')
    expect(payload).not.toContain(token)
    expect(payload).toContain(hashToken(token))
  })

  test('e-mail and birth date are kept for the owner, and shown to nobody', () => {
    const shard = new OneShard()
    const contact = { email: 'ada@example.com', birthDate: '1815-12-10' }
    const { user } = shard.ask(accountCreateHandler, stranger, { ...ada, ...contact })
    expect(shard.state.accounts.contact(user.id)).toEqual(contact)
    expect(shard.replica.accounts.contact(user.id)).toEqual(contact)
    const seen = shard.ask(userGetHandler, stranger, { user: { id: user.id } })
    expect(JSON.stringify(seen)).not.toContain('ada@example.com')
  })

  test('a handle is unique without regard to case, and stays with the first', () => {
    const shard = new OneShard()
    shard.ask(accountCreateHandler, stranger, ada)
    const logged = shard.log.length
    for (const handle of ['Ada', 'ada', 'ADA']) {
      const called = shard.call(accountCreateHandler, stranger, { ...ada, handle, name: 'Another' })
      expect(called).toEqual({ kind: 'refused', code: 'handle_taken' })
    }
    expect(shard.log).toHaveLength(logged)
    const { user } = shard.ask(userGetHandler, stranger, { user: { handle: 'ada' } })
    expect(user.name).toBe('Ada L.')
  })

  test('a taken handle costs no password work, a free one a hash', () => {
    const shard = new OneShard()
    shard.ask(accountCreateHandler, stranger, ada)
    shard.call(accountCreateHandler, stranger, ada)
    expect(shard.passwordTasks).toEqual([
      { kind: 'hash', password: 'analytical' },
      { kind: 'none' },
    ])
  })

  test('two sign-ups for one handle in any case claim the same, so that one wins', () => {
    const shard = new OneShard()
    const first = shard.prepare(accountCreateHandler, stranger, ada)
    const second = shard.prepare(accountCreateHandler, stranger, { ...ada, handle: 'ADA' })
    expect(second.claims).toEqual(first.claims)
    expect(first.land().kind).toBe('answered')
    expect(second.land()).toEqual({ kind: 'refused', code: 'handle_taken' })
  })

  test('a process that does not host the user knows the card, and nothing of the account', () => {
    const shard = new OneShard({ hosts: ['bob'] })
    const zoe = shard.hearOf('zoe')
    expect(shard.state.users.findHandle('ZOE')).toBe(shard.state.users.find(zoe))
    expect(shard.state.accounts.passwordHash(zoe)).toBeUndefined()
    expect(shard.state.accounts.session(zoe, 'zoe', 0)).toBeUndefined()
  })

  test('a later primary gives out larger ids than this one', () => {
    const shard = new OneShard()
    const { user } = shard.ask(accountCreateHandler, stranger, ada)
    expect(shard.replica.lastIssuedId(partitionOfId(user.id))).toBe(user.id)
  })
})

describe('a retry of account.create with its operation id (I2)', () => {
  const operationId = 'sign-up-1'

  test('with the right password is answered with the same user and a new token', () => {
    const shard = new OneShard()
    const first = shard.ask(accountCreateHandler, stranger, { ...ada, operationId })
    const again = shard.ask(accountCreateHandler, stranger, { ...ada, operationId })
    expect(again.user).toEqual(first.user)
    expect(again.token).not.toBe(first.token)
    for (const { token } of [first, again]) {
      expect(shard.ask(sessionResumeHandler, stranger, { token }).user.id).toBe(first.user.id)
    }
    expect(shard.passwordTasks.at(-1)).toMatchObject({ kind: 'verify', handle: 'Ada' })
  })

  test('changes nothing but the sessions', () => {
    const shard = new OneShard()
    const { user } = shard.ask(accountCreateHandler, stranger, { ...ada, operationId })
    const passwordHash = shard.state.accounts.passwordHash(user.id)
    const changed = { ...ada, operationId, name: 'Somebody else', email: 'mallory@example.com' }
    expect(shard.ask(accountCreateHandler, stranger, changed).user).toEqual(user)
    expect(shard.state.accounts.contact(user.id)).toEqual({})
    expect(shard.state.accounts.passwordHash(user.id)).toBe(passwordHash)
  })

  test('with a wrong password is a stranger who guessed: the handle is taken', () => {
    const shard = new OneShard()
    shard.ask(accountCreateHandler, stranger, { ...ada, operationId })
    const wrong = { ...ada, operationId, password: 'difference' }
    expect(shard.call(accountCreateHandler, stranger, wrong)).toEqual({
      kind: 'refused',
      code: 'handle_taken',
    })
  })

  test('with another operation id, or without one, is a second sign-up: the handle is taken', () => {
    const shard = new OneShard()
    shard.ask(accountCreateHandler, stranger, { ...ada, operationId })
    for (const params of [{ ...ada, operationId: 'sign-up-2' }, ada]) {
      expect(shard.call(accountCreateHandler, stranger, params).kind).toBe('refused')
    }
  })

  test('that comes while the first still works on its password finds the account, too', () => {
    const shard = new OneShard()
    const first = shard.prepare(accountCreateHandler, stranger, { ...ada, operationId })
    // The client heard nothing and sends it again, while the first is not yet decided.
    const again = shard.prepare(accountCreateHandler, stranger, { ...ada, operationId })
    expect(first.land().kind).toBe('answered')
    expect(again.land()).toMatchObject({ kind: 'answered', answer: { user: { handle: 'Ada' } } })
    expect(shard.passwordTasks.map(({ kind }) => kind)).toEqual(['hash', 'hash', 'verify'])
  })

  test('that comes so with a wrong password is refused all the same', () => {
    const shard = new OneShard()
    const first = shard.prepare(accountCreateHandler, stranger, { ...ada, operationId })
    const wrong = { ...ada, operationId, password: 'difference' }
    const guess = shard.prepare(accountCreateHandler, stranger, wrong)
    expect(first.land().kind).toBe('answered')
    expect(guess.land()).toEqual({ kind: 'refused', code: 'handle_taken' })
  })

  test('beside the deletion of that account is refused, and begins no session (I10)', () => {
    const shard = new OneShard()
    const { user } = shard.ask(accountCreateHandler, stranger, { ...ada, operationId })
    const again = shard.prepare(accountCreateHandler, stranger, { ...ada, operationId })
    expect(again.decide().kind).toBe('committed')
    shard.ask(accountDeleteHandler, user.id, { password: ada.password })
    expect(again.land()).toEqual({ kind: 'refused', code: 'handle_taken' })
    expect(shard.state.accounts.sessionsOf(user.id)).toEqual([])
  })
})
