import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeToken } from '../../../../protocol/credentials.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../../../protocol/ids.ts'
import type { Operation } from '../../../../protocol/operation.ts'
import { operations, operationsByCode } from '../../../../protocol/registry.ts'
import { routeOf } from '../../../../server/links/router.ts'

const idIn = (partition: number): number => 4096 * 77 + partition * 16
const route = (
  operation: Operation,
  params: Record<string, unknown>,
  actor = 0,
): ReturnType<typeof routeOf> => routeOf(operation, { actor, params }, 64)

describe('the router', () => {
  test('sends what belongs to the signed-in user to their partition', () => {
    expect(route(operations['tweet.post'], { text: 'a' }, idIn(9))).toBe(9)
    expect(route(operations['session.end'], {}, idIn(10))).toBe(10)
  })

  test('sends a sign-up and a sign-in to the partition of the handle, whoever asks', () => {
    const params = { handle: 'Somebody' }
    const partition = partitionOfHandle('somebody', 64)
    expect(route(operations['account.create'], params)).toBe(partition)
    expect(route(operations['session.create'], params, idIn(3))).toBe(partition)
  })

  test('sends a token to the partition of the user inside it, and knows what is no token', () => {
    const token = makeToken(idIn(12) as UserId, new Uint8Array(32))
    expect(route(operations['session.resume'], { token })).toBe(12)
    expect(route(operations['session.resume'], { token: 'rk_nobody' })).toMatchObject({
      code: 'unauthenticated',
    })
    const elsewhere = makeToken(idIn(200) as UserId, new Uint8Array(32))
    expect(route(operations['session.resume'], { token: elsewhere })).toMatchObject({
      code: 'unauthenticated',
    })
  })

  test('sends a read to its reader, so that they see their own writes; a stranger to what they name', () => {
    const { 'tweet.get': get, 'user.get': user } = operations
    expect(route(get, { tweetId: idIn(20) }, idIn(9))).toBe(9)
    expect(route(get, { tweetId: idIn(20) })).toBe(20)
    expect(route(user, { user: { id: idIn(21) } })).toBe(21)
    expect(route(user, { user: { handle: 'A' } })).toBe(partitionOfHandle('a', 64))
    expect(route(get, { tweetId: idIn(64) })).toMatchObject({ code: 'not_found' })
  })

  test('sends what names nobody to its reader, and of strangers the same request to the same place', () => {
    const { 'search.tweets': search } = operations
    expect(route(search, { query: 'rook' }, idIn(9))).toBe(9)
    const places = ['rook', 'crow', 'jay'].map((query) => route(search, { query }))
    expect(places).toEqual(['rook', 'crow', 'jay'].map((query) => route(search, { query })))
    expect(new Set(places).size).toBeGreaterThan(1)
  })

  test('refuses everybody who is not signed in where somebody has to be', () => {
    for (const operation of operationsByCode.values()) {
      if (operation.access !== 'user') continue
      expect(route(operation, {})).toMatchObject({ code: 'unauthenticated' })
    }
  })

  test('sends an operator to the partition that they name, and lets nobody else through', () => {
    const follows = operations['import.follows']
    const byOperator = (partition: number) =>
      routeOf(follows, { actor: 0, params: { partition }, isOperator: true }, 64)
    expect(byOperator(9)).toBe(9)
    expect(byOperator(64)).toMatchObject({ code: 'not_found' })
    for (const operation of operationsByCode.values()) {
      if (operation.access !== 'operator') continue
      for (const actor of [0, idIn(9)]) {
        expect(route(operation, { partition: 9 }, actor)).toMatchObject({ code: 'forbidden' })
      }
    }
  })

  test('never names a partition that does not exist, whatever the id', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat().filter((id) => id > 0),
        fc.integer({ min: 1, max: 256 }),
        (tweetId, partitionCount) => {
          const found = routeOf(
            operations['tweet.get'],
            { actor: 0, params: { tweetId } },
            partitionCount,
          )
          if (typeof found === 'number') {
            expect(found).toBe(partitionOfId(tweetId))
            expect(found).toBeLessThan(partitionCount)
          } else expect(found.code).toBe('not_found')
        },
      ),
    )
  })
})
