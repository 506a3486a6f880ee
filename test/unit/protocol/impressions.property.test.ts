import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserId } from '../../../protocol/ids.ts'
import {
  dayOf,
  makeSealKey,
  nameImpression,
  readImpression,
} from '../../../protocol/impressions.ts'
import { impressionLengthMax } from '../../../protocol/limits.ts'

const key = makeSealKey(new Uint8Array(32).fill(7))
const shown = { promotionId: 4_096_000_001, readerId: 4_096_000_002 as UserId, key }

const impressions = fc.record({
  day: fc.integer({ min: 0, max: 100_000 }),
  ordinal: fc.integer({ min: 1, max: 100 }),
})

test('an impression is read as it was named, and fits its field', () => {
  fc.assert(
    fc.property(impressions, (impression) => {
      const name = nameImpression(shown, impression)
      expect(name.length).toBeLessThanOrEqual(impressionLengthMax)
      expect(readImpression(shown, name)).toEqual(impression)
    }),
  )
})

test('nobody but who was shown it can name it, and not for another promotion or day', () => {
  const name = nameImpression(shown, { day: 20_000, ordinal: 1 })
  const others = [
    { ...shown, readerId: 4_096_000_003 as UserId },
    { ...shown, promotionId: 4_096_000_004 },
    { ...shown, key: makeSealKey(new Uint8Array(32).fill(8)) },
  ]
  for (const other of others) expect(readImpression(other, name)).toBeUndefined()
  const seal = name.split('.')[2]!
  const later = nameImpression(shown, { day: 20_001, ordinal: 1 }).split('.')
  expect(readImpression(shown, `${later[0]}.${later[1]}.${seal}`)).toBeUndefined()
})

test('any other text is none', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 64, unit: 'binary' }), (text) => {
      expect(readImpression(shown, text)).toBeUndefined()
    }),
  )
  for (const text of ['', '..', `fhq.1.${'A'.repeat(21)}é`, `fhq.1.${'A'.repeat(22)}\n`]) {
    expect(readImpression(shown, text)).toBeUndefined()
  }
})

test('days begin at midnight in UTC', () => {
  const midnight = Date.UTC(2026, 10, 21)
  expect(dayOf(midnight) - dayOf(midnight - 1)).toBe(1)
  expect(dayOf(midnight + 86_399_999)).toBe(dayOf(midnight))
})
