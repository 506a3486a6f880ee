import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { ImpressionDays } from '../../../../shard/state/impression-days.ts'

const [alice, bob] = [7 as UserId, 9 as UserId]

test('counts the next impression of a reader and day, and no other', () => {
  const days = new ImpressionDays()
  expect(days.see(alice, { day: 5, ordinal: 2 })).toBe(false)
  expect(days.see(alice, { day: 5, ordinal: 1 })).toBe(true)
  expect(days.see(alice, { day: 5, ordinal: 1 })).toBe(false)
  expect(days.see(alice, { day: 5, ordinal: 2 })).toBe(true)
  expect([days.seen(alice, 5), days.seen(bob, 5), days.seen(alice, 6)]).toEqual([2, 0, 0])
})

test('knows yesterday, and nothing before', () => {
  const days = new ImpressionDays()
  days.see(alice, { day: 5, ordinal: 1 })
  days.see(bob, { day: 6, ordinal: 1 })
  expect(days.see(alice, { day: 5, ordinal: 2 })).toBe(true)
  days.see(bob, { day: 7, ordinal: 1 })
  expect([days.seen(alice, 5), days.seen(bob, 6), days.seen(alice, 6)]).toEqual([-1, 1, 0])
  expect(days.see(alice, { day: 5, ordinal: 3 })).toBe(false)
  days.see(bob, { day: 70, ordinal: 1 })
  expect([days.seen(bob, 7), days.seen(bob, 69)]).toEqual([-1, 0])
})

test('what is restored from its entries is the same, and its sums tell entries apart', () => {
  const event = fc.record({
    reader: fc.nat(5),
    day: fc.integer({ min: 3, max: 6 }),
    ordinal: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const days = new ImpressionDays()
      const sums = new Map<string, string>()
      for (const { reader, ...impression } of events) {
        days.see((reader + 1) as UserId, impression)
        const entries = JSON.stringify([days.day, days.entries()])
        expect(sums.get(days.sums().join()) ?? entries).toBe(entries)
        sums.set(days.sums().join(), entries)
      }
      const restored = new ImpressionDays()
      for (const { readerId, ...entry } of days.entries()) restored.restore(readerId, entry)
      expect(restored.entries()).toEqual(days.entries())
      expect(restored.sums()).toEqual(days.sums())
    }),
  )
})
