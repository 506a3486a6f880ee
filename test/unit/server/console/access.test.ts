import { describe, expect, test } from 'vitest'
import type { AdminRequest } from '../../../../protocol/std/admin.ts'
import { ConsoleAccess, consoleCookie, isOwnPage } from '../../../../server/console/access.ts'

const token = 'a token of operators'
const hours = 60 * 60 * 1000

function request(headers: Readonly<Record<string, string>> = {}): AdminRequest {
  return { path: '/console', query: new URLSearchParams(), header: (name) => headers[name] ?? '' }
}

function door(clock = { nowMs: 1_795_000_000_000 }) {
  const access = new ConsoleAccess({ token, now: () => clock.nowMs })
  const signedIn = access.signIn(token, { isSecure: false })
  return { access, clock, cookie: signedIn?.split(';')[0] ?? '', signedIn }
}

describe('the console opens', () => {
  test('to the token in the header, and to nothing else there', () => {
    const { access, cookie } = door()
    expect(access.isAllowed(request({ authorization: `Bearer ${token}` }))).toBe(true)
    expect(access.isAllowed(request({ authorization: 'Bearer another' }))).toBe(false)
    expect(access.isAllowed(request({ authorization: 'Bearer another', cookie }))).toBe(false)
    expect(access.isAllowed(request())).toBe(false)
  })

  test('to a cookie of its own for half a day, which does not hold the token', () => {
    const { access, clock, cookie, signedIn } = door()
    expect(signedIn).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(signedIn).not.toContain(token)
    expect(access.isAllowed(request({ cookie: `other=1; ${cookie}` }))).toBe(true)
    clock.nowMs += 13 * hours
    expect(access.isAllowed(request({ cookie }))).toBe(false)
  })

  test('to no cookie that was made longer, or by another token', () => {
    const { access, cookie, clock } = door()
    const [, expires = '', proof = ''] = /=(\d+)\.(.+)$/.exec(cookie) ?? []
    const longer = `${consoleCookie}=${Number(expires) + hours}.${proof}`
    expect(access.isAllowed(request({ cookie: longer }))).toBe(false)
    const other = new ConsoleAccess({ token: 'another token here', now: () => clock.nowMs })
    expect(other.isAllowed(request({ cookie }))).toBe(false)
  })

  test('to actions only from a page of its own, or with the token itself', () => {
    const { access, cookie } = door()
    const host = 'localhost:9101'
    expect(access.isAllowedToAct(request({ cookie, host, origin: `http://${host}` }))).toBe(true)
    expect(access.isAllowedToAct(request({ cookie, host, origin: 'http://evil.example' }))).toBe(
      false,
    )
    expect(access.isAllowedToAct(request({ cookie, host }))).toBe(false)
    expect(access.isAllowedToAct(request({ authorization: `Bearer ${token}` }))).toBe(true)
  })
})

test('a page of another site is not ours, whatever it calls itself', () => {
  const host = 'localhost:9101'
  expect(isOwnPage(request({ host, 'sec-fetch-site': 'same-origin' }))).toBe(true)
  expect(isOwnPage(request({ host, 'sec-fetch-site': 'cross-site' }))).toBe(false)
  expect(isOwnPage(request({ host, origin: 'null' }))).toBe(false)
})

test('who guesses tokens is not listened to for a while', () => {
  const { access, clock } = door()
  for (let guess = 0; guess < 10; guess++) {
    expect(access.isClosed).toBe(false)
    expect(access.signIn(`guess ${guess}`, { isSecure: true })).toBeUndefined()
  }
  expect(access.isClosed).toBe(true)
  clock.nowMs += 61_000
  expect(access.isClosed).toBe(false)
})
