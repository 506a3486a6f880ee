import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { sessionsPerUserMax } from '../../../../protocol/limits.ts'
import { Accounts } from '../../../../shard/state/accounts.ts'

const alice = 1 as UserId
const bob = 2 as UserId

describe('accounts', () => {
  test('keep the hash of the password, and contact data where there are some', () => {
    const accounts = new Accounts()
    accounts.create({ userId: alice, passwordHash: 'hash', contact: {} })
    const contact = { birthDate: '1815-12-10' }
    accounts.create({ userId: bob, passwordHash: 'other hash', contact })
    expect(accounts.passwordHash(alice)).toBe('hash')
    expect(accounts.contact(alice)).toEqual({})
    expect(accounts.contact(bob)).toEqual(contact)
    expect(accounts.passwordHash(3 as UserId)).toBeUndefined()
    expect(accounts.contact(3 as UserId)).toEqual({})
  })

  test('a session is there until it ends, or until its time is over', () => {
    const accounts = new Accounts()
    accounts.openSession('token', { userId: alice, expiresAtMs: 100 })
    expect(accounts.session('token', 99)).toEqual({ userId: alice, expiresAtMs: 100 })
    expect(accounts.session('token', 100)).toBeUndefined()
    accounts.endSession('token')
    expect(accounts.session('token', 0)).toBeUndefined()
    accounts.endSession('token')
  })

  test('a session is over for good when the log has reached its end, whatever the clock says', () => {
    let logTimeMs = 99
    const accounts = new Accounts(() => logTimeMs)
    accounts.openSession('over', { userId: alice, expiresAtMs: 100 })
    accounts.openSession('running', { userId: alice, expiresAtMs: 101 })
    expect(accounts.sessionsOf(alice).map(([tokenHash]) => tokenHash)).toEqual(['over', 'running'])
    logTimeMs = 100
    expect(accounts.session('over', 0)).toBeUndefined()
    expect(accounts.session('running', 0)).toBeDefined()
    expect(accounts.sessionsOf(alice).map(([tokenHash]) => tokenHash)).toEqual(['running'])
  })

  test('nobody can tell whether a sweep was there, but for the memory', () => {
    const accounts = new Accounts(() => 100)
    accounts.openSession('over', { userId: alice, expiresAtMs: 100 })
    accounts.openSession('running', { userId: bob, expiresAtMs: 101 })
    expect(accounts.size).toBe(2)
    accounts.sweep()
    expect(accounts.size).toBe(1)
    expect(accounts.session('running', 100)).toBeDefined()
    expect(accounts.sessionsOf(alice)).toEqual([])
  })

  test('of one user are so many: what ends first makes room, but never for nothing and never the new one', () => {
    const accounts = new Accounts()
    const open = (userId: UserId, number: number) =>
      accounts.openSession(`token ${number} of ${userId}`, { userId, expiresAtMs: 1_000 + number })
    open(bob, 0)
    for (let number = 1; number <= sessionsPerUserMax + 2; number++) open(alice, number)
    // A clock that was set back.
    open(alice, -5)
    open(alice, -5)
    const kept = new Set(accounts.sessionsOf(alice).map(([tokenHash]) => tokenHash))
    expect(kept.size).toBe(sessionsPerUserMax)
    for (const number of [1, 2, 3]) expect(kept).not.toContain(`token ${number} of ${alice}`)
    for (const number of [4, sessionsPerUserMax + 2, -5]) {
      expect(kept).toContain(`token ${number} of ${alice}`)
    }
    expect(accounts.session(`token 3 of ${alice}`, 0)).toBeUndefined()
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
          const kept = new Accounts(() => logTimeMs)
          let swept = new Accounts(() => logTimeMs)
          for (const [place, [lastsMs, passMs, isSwept]] of steps.entries()) {
            const session = { userId: alice, expiresAtMs: logTimeMs + lastsMs }
            for (const accounts of [kept, swept]) accounts.openSession(`${place}`, session)
            logTimeMs += passMs
            if (!isSwept) continue
            const restored = new Accounts(() => logTimeMs)
            for (const [hash, left] of swept.sessionsOf(alice)) restored.restoreSession(hash, left)
            swept = restored
          }
          expect(swept.sessionsOf(alice)).toEqual(kept.sessionsOf(alice))
        },
      ),
      { numRuns: 30 },
    )
  })

  test('all sessions of a user end at once, and a sweep takes any number of them', () => {
    let logTimeMs = 0
    const accounts = new Accounts(() => logTimeMs)
    accounts.create({ userId: alice, passwordHash: 'hash', contact: {} })
    for (const userId of [alice, bob]) {
      for (const name of ['one', 'two']) {
        accounts.openSession(`${name} of ${userId}`, { userId, expiresAtMs: 100 })
      }
    }
    accounts.endSessionsOf(alice)
    expect(accounts.sessionsOf(alice)).toEqual([])
    expect(accounts.session(`one of ${alice}`, 0)).toBeUndefined()
    expect(accounts.passwordHash(alice)).toBe('hash')
    expect(accounts.sessionsOf(bob)).toHaveLength(2)
    logTimeMs = 100
    accounts.sweep()
    expect(accounts.size).toBe(1)
  })

  test('all that is known of a user can be forgotten, and no more', () => {
    const accounts = new Accounts()
    for (const userId of [alice, bob]) {
      accounts.create({ userId, passwordHash: 'hash', contact: { email: 'a@example.org' } })
      accounts.openSession(`token of ${userId}`, { userId, expiresAtMs: 100 })
    }
    accounts.forget(alice)
    expect(accounts.passwordHash(alice)).toBeUndefined()
    expect(accounts.contact(alice)).toEqual({})
    expect(accounts.session(`token of ${alice}`, 0)).toBeUndefined()
    expect(accounts.session(`token of ${bob}`, 0)).toBeDefined()
    expect(accounts.passwordHash(bob)).toBe('hash')
  })
})
