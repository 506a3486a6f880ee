import { expect, test } from 'vitest'
import { AddressCounts } from '../../../server/address-counts.ts'

test('an address takes as much as it may, and more when some is released; others are not concerned', () => {
  const counts = new AddressCounts(2)
  expect([counts.take('a'), counts.take('a'), counts.take('a')]).toEqual([true, true, false])
  expect(counts.take('b')).toBe(true)
  counts.release('a')
  expect(counts.isFull('a')).toBe(false)
  expect([counts.take('a'), counts.take('a')]).toEqual([true, false])
})
