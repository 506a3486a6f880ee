import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyQuota } from '../../../../server/identity/key-quota.ts'

const minuteMs = 60_000
const windowMs = 15 * minuteMs

describe('the quota of a key at a gateway', () => {
  test('holds nothing before the first grant, and wants one', () => {
    const quota = new KeyQuota()
    expect([quota.take(0), quota.wantsMore(0), quota.exhaustedForMs(0)]).toEqual([false, true, 0])
  })

  test('spends what it was granted, and asks for more when half of that is used', () => {
    const quota = new KeyQuota()
    quota.granted({ granted: 4, left: 6, quota: 10, windowLeftMs: windowMs }, 0)
    expect(quota.wantsMore(1)).toBe(false)
    expect([quota.take(1), quota.take(1), quota.wantsMore(1)]).toEqual([true, true, true])
    expect(quota.remaining(1)).toBe(8)
    quota.granted({ granted: 6, left: 0, quota: 10, windowLeftMs: windowMs - 2 }, 2)
    for (let count = 0; count < 8; count++) expect(quota.take(3)).toBe(true)
    expect([quota.take(3), quota.remaining(3)]).toEqual([false, 0])
    expect(quota.exhaustedForMs(3)).toBe(windowMs - 3)
  })

  test('is asked about now and then while it is used up: an operator may allow more', () => {
    const quota = new KeyQuota()
    quota.granted({ granted: 0, left: 0, quota: 10, windowLeftMs: windowMs }, 0)
    expect([quota.wantsMore(500), quota.wantsMore(1_000)]).toEqual([false, true])
    quota.granted({ granted: 5, left: 0, quota: 15, windowLeftMs: windowMs - 1_001 }, 1_001)
    expect([quota.take(1_002), quota.limit]).toEqual([true, 15])
  })

  test('what is not used in its window is lost with it', () => {
    const quota = new KeyQuota()
    quota.granted({ granted: 4, left: 0, quota: 4, windowLeftMs: minuteMs }, 0)
    expect([quota.take(minuteMs), quota.wantsMore(minuteMs)]).toEqual([false, true])
    quota.granted({ granted: 3, left: 0, quota: 4, windowLeftMs: windowMs }, minuteMs)
    expect(quota.remaining(minuteMs)).toBe(3)
  })

  test('never lets more through in a window than was granted in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ granted: fc.nat(9), takes: fc.nat(20) }), { maxLength: 30 }),
        (steps) => {
          const quota = new KeyQuota()
          let granted = 0
          let taken = 0
          for (const [nowMs, step] of steps.entries()) {
            const windowLeftMs = windowMs - nowMs
            quota.granted({ granted: step.granted, left: 9, quota: 999, windowLeftMs }, nowMs)
            granted += step.granted
            for (let count = 0; count < step.takes; count++) taken += quota.take(nowMs) ? 1 : 0
            expect(taken).toBeLessThanOrEqual(granted)
          }
        },
      ),
    )
  })
})
