import { describe, expect, test } from 'vitest'
import { makeKey } from '../../../../protocol/apps.ts'
import { makeToken } from '../../../../protocol/credentials.ts'
import type { ErrorBody } from '../../../../protocol/errors.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { HttpCallers } from '../../../../server/http/http-callers.ts'
import { Keys } from '../../../../server/identity/keys.ts'
import { Sessions } from '../../../../server/identity/sessions.ts'
import type { ShardRequest } from '../../../../server/links/shard-request.ts'
import type { UpgradeCaller } from '../../../../server/sockets/key-use.ts'
import { identifyUpgrade, takeForSignIn } from '../../../../server/sockets/key-use.ts'
import { exchangeOf } from '../../../helpers/fake-exchange.ts'

const ada = 4096 as UserId
const burst = 4
const tokenOf = (number: number): string => makeToken(ada, new Uint8Array(32).fill(number))
const keyOf = (number: number): string => makeKey(ada, new Uint8Array(32).fill(number))

function world() {
  const asked: ShardRequest[] = []
  const confirmed = {
    shards: { partitionCount: 64, request: (request: ShardRequest) => void asked.push(request) },
    checkPeriodMs: 60_000,
    onEnded: () => undefined,
  }
  const sessions = new Sessions(confirmed)
  const keys = new Keys(confirmed)
  const rate = { perSecond: 0.001, burst }
  const callers = new HttpCallers({ sessions, keys, rate, origins: new Set(), publicUrl: '' })
  const known: (UpgradeCaller | ErrorBody)[] = []
  const upgrade = (by: { token?: string; key?: string; address?: string }): void => {
    const { token, key = '', address = '10.0.0.1' } = by
    const { exchange } = exchangeOf({ path: '/v1/live', address })
    const ports = { sessions, keys, callers }
    const given = { exchange, token, userId: undefined, key }
    identifyUpgrade(ports, given, (caller) => known.push(caller))
  }
  const signIn = (given: { token: string; key?: string; address?: string }) => {
    const { token, key = '', address = '10.0.0.1' } = given
    return takeForSignIn({ sessions, keys, callers }, { address, token, key })
  }
  return { asked, sessions, known, upgrade, signIn }
}

describe('upgrades', () => {
  test('with tokens that nobody has confirmed have shards asked so often, by their address', () => {
    const { asked, known, upgrade } = world()
    for (let number = 0; number < 20; number++) upgrade({ token: tokenOf(number) })
    expect(asked).toHaveLength(burst)
    expect(known).toHaveLength(20 - burst)
    expect(known[0]).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) })
    upgrade({ token: tokenOf(99), address: '10.0.0.2' })
    expect(asked).toHaveLength(burst + 1)
  })

  test('with keys that nobody has confirmed are counted likewise', () => {
    const { asked, known, upgrade } = world()
    for (let number = 0; number < 20; number++) upgrade({ key: keyOf(number) })
    expect(asked).toHaveLength(burst)
    expect(known[0]).toMatchObject({ code: 'rate_limited' })
  })

  test('with a token that is known, or without any, have nobody asked, and are not counted', () => {
    const { asked, sessions, known, upgrade } = world()
    sessions.adopt(tokenOf(1), ada)
    for (let count = 0; count < 20; count++) {
      upgrade({ token: tokenOf(1) })
      upgrade({})
    }
    expect(asked).toHaveLength(0)
    expect(known).toHaveLength(40)
    expect(known.every((caller) => !('code' in caller))).toBe(true)
  })
})

describe('sign-ins on open sockets', () => {
  test('with tokens or keys that nobody has confirmed count with the upgrades of their address', () => {
    const { known, sessions, signIn, upgrade } = world()
    upgrade({ token: tokenOf(0) })
    sessions.adopt(tokenOf(1), ada)
    expect(signIn({ token: tokenOf(1), key: keyOf(1) })).toBeUndefined()
    const problems = [2, 3, 4, 5].map((number) => signIn({ token: tokenOf(number) }))
    expect(problems.map((problem) => problem?.code)).toEqual([
      undefined,
      undefined,
      'rate_limited',
      'rate_limited',
    ])
    upgrade({ token: tokenOf(6) })
    expect(known[0]).toMatchObject({ code: 'rate_limited' })
    expect(signIn({ token: tokenOf(7), address: '10.0.0.2' })).toBeUndefined()
    expect(signIn({ token: tokenOf(1) }), 'a known one is not counted').toBeUndefined()
  })
})
