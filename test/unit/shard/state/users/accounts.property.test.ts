import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../../protocol/ids.ts'
import { sessionsPerUserMax } from '../../../../../protocol/limits.ts'
import { Accounts } from '../../../../../shard/state/users/accounts.ts'
import { UserIndex } from '../../../../../shard/state/users/user-index.ts'

const alice = 1 as UserId
const bob = 2 as UserId

const accountsAt = (logTimeMsOf: () => number = () => 0) =>
  new Accounts({ index: new UserIndex(), logTimeMsOf })

const swept = (accounts: Accounts) => Array.from(accounts.sweep())

describe('accounts', () => {
  test('keep the hash of the password, and contact data where there are some', () => {
    const accounts = accountsAt()
    accounts.create({ userId: alice, passwordHash: 'hash', contact: {} })
    const contact = { birthDate: '1815-12-10', email: 'zoë@example.org' }
    accounts.create({ userId: bob, passwordHash: 'other hash', contact })
    expect(accounts.passwordHash(alice)).toBe('hash')
    expect(accounts.contact(alice)).toEqual({})
    expect(accounts.contact(bob)).toEqual(contact)
    expect(accounts.passwordHash(3 as UserId)).toBeUndefined()
    expect(accounts.contact(3 as UserId)).toEqual({})
  })

  test('give back whatever was put in, of any length', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 }).filter((one) => one.isWellFormed())
    fc.assert(
      fc.property(text, (email) => {
        const accounts = accountsAt()
        for (const contact of [{ email: 'former' }, email === '' ? {} : { email }]) {
          accounts.create({ userId: alice, passwordHash: 'hash', contact })
          expect(accounts.passwordHash(alice)).toBe('hash')
          expect(accounts.contact(alice)).toEqual(contact)
        }
        expect(accounts.size).toBe(1)
      }),
    )
  })

  test('a session is there until it ends, or until its time is over', () => {
    const accounts = accountsAt()
    const session = { tokenHash: 'token', expiresAtMs: 100 }
    accounts.openSession(alice, session)
    expect(accounts.session(alice, 'token', 99)).toEqual(session)
    expect(accounts.session(bob, 'token', 99)).toBeUndefined()
    expect(accounts.session(alice, 'token', 100)).toBeUndefined()
    for (const _again of [1, 2]) {
      accounts.endSession(alice, 'token')
      expect(accounts.session(alice, 'token', 0)).toBeUndefined()
      expect(accounts.size).toBe(0)
    }
  })

  test('a session is over for good when the log has reached its end, whatever the clock says', () => {
    let logTimeMs = 99
    const accounts = accountsAt(() => logTimeMs)
    const [over, running] = [
      { tokenHash: 'over', expiresAtMs: 100 },
      { tokenHash: 'running', expiresAtMs: 101 },
    ]
    for (const session of [running, over]) accounts.openSession(alice, session)
    expect(accounts.sessionsOf(alice)).toEqual([over, running])
    logTimeMs = 100
    expect(accounts.session(alice, 'over', 0)).toBeUndefined()
    expect(accounts.session(alice, 'running', 0)).toBeDefined()
    expect(accounts.sessionsOf(alice)).toEqual([running])
  })

  test('nobody can tell whether a sweep was there, but for the memory', () => {
    const accounts = accountsAt(() => 100)
    accounts.openSession(alice, { tokenHash: 'over', expiresAtMs: 100 })
    accounts.openSession(bob, { tokenHash: 'running', expiresAtMs: 101 })
    expect(accounts.size).toBe(2)
    swept(accounts)
    expect(accounts.size).toBe(1)
    expect(accounts.session(bob, 'running', 100)).toBeDefined()
    expect(accounts.sessionsOf(alice)).toEqual([])
  })

  test('of one user are so many: what ends first makes room, but never for nothing and never the new one', () => {
    const accounts = accountsAt()
    const open = (userId: UserId, number: number) =>
      accounts.openSession(userId, {
        tokenHash: `token ${number} of ${userId}`,
        expiresAtMs: 1_000 + number,
      })
    open(bob, 0)
    for (let number = 1; number <= sessionsPerUserMax + 2; number++) open(alice, number)
    // A clock that was set back.
    open(alice, -5)
    open(alice, -5)
    const kept = new Set(accounts.sessionsOf(alice).map(({ tokenHash }) => tokenHash))
    expect(kept.size).toBe(sessionsPerUserMax)
    for (const number of [1, 2, 3]) expect(kept).not.toContain(`token ${number} of ${alice}`)
    for (const number of [4, sessionsPerUserMax + 2, -5]) {
      expect(kept).toContain(`token ${number} of ${alice}`)
    }
    expect(accounts.session(alice, `token 3 of ${alice}`, 0)).toBeUndefined()
    expect(accounts.sessionsOf(bob)).toHaveLength(1)
  })

  test('which of them are left is the same whether what is over was swept, and after a snapshot', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(500), fc.nat(3), fc.boolean()), {
          minLength: sessionsPerUserMax,
          maxLength: 3 * sessionsPerUserMax,
        }),
        (steps) => {
          let logTimeMs = 0
          const kept = accountsAt(() => logTimeMs)
          let renewed = accountsAt(() => logTimeMs)
          for (const [place, [lastsMs, passMs, isRenewed]] of steps.entries()) {
            const session = { tokenHash: `${place}`, expiresAtMs: logTimeMs + lastsMs }
            for (const accounts of [kept, renewed]) accounts.openSession(alice, session)
            logTimeMs += passMs
            if (!isRenewed) continue
            const restored = accountsAt(() => logTimeMs)
            for (const left of renewed.sessionsOf(alice)) restored.restoreSession(alice, left)
            renewed = restored
          }
          expect(renewed.sessionsOf(alice)).toEqual(kept.sessionsOf(alice))
        },
      ),
      { numRuns: 30 },
    )
  })

  test('all sessions of a user end at once, and a sweep takes any number of them', () => {
    let logTimeMs = 0
    const accounts = accountsAt(() => logTimeMs)
    accounts.create({ userId: alice, passwordHash: 'hash', contact: {} })
    for (const userId of [alice, bob]) {
      for (const tokenHash of ['one', 'two']) {
        accounts.openSession(userId, { tokenHash, expiresAtMs: 100 })
      }
    }
    accounts.endSessionsOf(alice)
    expect(accounts.sessionsOf(alice)).toEqual([])
    expect(accounts.session(alice, 'one', 0)).toBeUndefined()
    expect(accounts.passwordHash(alice)).toBe('hash')
    expect(accounts.sessionsOf(bob)).toHaveLength(2)
    logTimeMs = 100
    swept(accounts)
    expect(accounts.size).toBe(1)
  })

  test('all that is known of a user can be forgotten, and no more', () => {
    const accounts = accountsAt()
    for (const userId of [alice, bob]) {
      accounts.create({ userId, passwordHash: 'hash', contact: { email: 'a@example.org' } })
      accounts.openSession(userId, { tokenHash: `token of ${userId}`, expiresAtMs: 100 })
    }
    accounts.forget(alice)
    accounts.forget(3 as UserId)
    expect(accounts.passwordHash(alice)).toBeUndefined()
    expect(accounts.contact(alice)).toEqual({})
    expect(accounts.session(alice, `token of ${alice}`, 0)).toBeUndefined()
    expect(accounts.session(bob, `token of ${bob}`, 0)).toBeDefined()
    expect(accounts.passwordHash(bob)).toBe('hash')
    expect(accounts.size).toBe(2)
  })

  test('of 20,000 users they take less than 300 bytes each, outside the heap', () => {
    const accounts = accountsAt()
    const users = 20_000
    for (let userId = 1 as UserId; userId <= users; userId++) {
      const contact = { email: `reader${userId}@example.org` }
      accounts.create({ userId, passwordHash: 'h'.repeat(97), contact })
      accounts.openSession(userId, { tokenHash: 't'.repeat(43), expiresAtMs: 100 })
    }
    expect(accounts.size).toBe(2 * users)
    expect(accounts.bytes).toBeLessThan(300 * users)
  })
})
