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

  test('a sweep takes the sessions that are over, and no other', () => {
    const accounts = new Accounts()
    accounts.openSession('over', { userId: alice, expiresAtMs: 100 })
    accounts.openSession('running', { userId: alice, expiresAtMs: 101 })
    accounts.sweep(100)
    // Asked for a time before its end, so that only the sweep can have taken it.
    expect(accounts.session('over', 0)).toBeUndefined()
    expect(accounts.session('running', 100)).toBeDefined()
  })
})
