import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
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
