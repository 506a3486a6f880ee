import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../protocol/credentials.ts'
import { quotaWindowMs } from '../../../../protocol/limits.ts'
import { appCreateHandler } from '../../../../shard/operations/app-create.ts'
import { appSetQuotaHandler } from '../../../../shard/operations/app-set-quota.ts'
import { appTakeQuotaHandler } from '../../../../shard/operations/app-take-quota.ts'
import { grantOf, quotaGrantMin } from '../../../../shard/operations/apps.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('app.takeQuota', () => {
  test('grants pieces that become smaller, the whole quota and never more, in each window anew', () => {
    const { shard, take } = world(1_000)
    shard.nowMs = quotaWindowMs * 2_000_000
    for (let window = 0; window < 2; window++) {
      const grants: number[] = []
      for (let more = take(); more.granted > 0; more = take()) {
        grants.push(more.granted)
        const sum = grants.reduce((total, granted) => total + granted, 0)
        expect(more).toMatchObject({ left: 1_000 - sum, quota: 1_000 })
        expect(more.windowLeftMs).toBeLessThanOrEqual(quotaWindowMs)
      }
      expect(grants).toEqual([...new Array(7).fill(quotaGrantMin), 1_000 - 7 * quotaGrantMin])
      shard.nowMs += quotaWindowMs
    }
  })

  test('where nothing is left, nothing is logged', () => {
    const { shard, take } = world(0)
    const logged = shard.log.length
    expect(take()).toMatchObject({ granted: 0, left: 0 })
    expect(shard.log).toHaveLength(logged)
  })

  test('a clock that goes back opens no window a second time', () => {
    const { shard, take } = world(100)
    shard.nowMs = quotaWindowMs * 2_000_001
    expect(take().granted).toBe(100)
    shard.nowMs -= quotaWindowMs
    const late = take()
    expect([late.granted, late.windowLeftMs <= quotaWindowMs]).toEqual([0, true])
  })

  test('the replica counts the same', () => {
    const { shard, alice, take } = world(5_000)
    take()
    take()
    expect(shard.replica.apps.listOf(alice)).toEqual(shard.state.apps.listOf(alice))
  })

  test('a piece is a sixteenth of what is left, or the smallest one, or all', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), (left) => {
        const granted = grantOf(left)
        expect(granted).toBeLessThanOrEqual(left)
        expect(granted).toBeGreaterThanOrEqual(Math.min(left, quotaGrantMin))
        expect(granted).toBeLessThanOrEqual(Math.max(quotaGrantMin, Math.ceil(left / 16)))
      }),
    )
  })
})

function world(quota: number) {
  const shard = new OneShard()
  const [alice] = shard.signUp('alice')
  const { app, key } = shard.ask(appCreateHandler, alice, { name: 'Rook reader' })
  const set = { handle: 'alice', appId: app.id, quota, by: 'moira', reason: 'a test' }
  shard.ask(appSetQuotaHandler, stranger, set)
  const params = { userId: alice, keyHash: hashToken(key) }
  return { shard, alice, take: () => shard.ask(appTakeQuotaHandler, stranger, params) }
}
