import { expect, test } from 'vitest'
import { positionField } from '../../../../protocol/entities.ts'
import { formatOffset, missingMax, parseOffset } from '../../../../shard/operations/live-offset.ts'

test('an offset is a number, and what is missing up to it', () => {
  expect(formatOffset({ arrivals: 1042, missing: [] })).toBe('1042')
  expect(formatOffset({ arrivals: 1042, missing: [1040, 997] })).toBe('1042!1040,997')
  expect(parseOffset('1042')).toEqual({ arrivals: 1042, missing: [] })
  expect(parseOffset('1042!1040,997')).toEqual({ arrivals: 1042, missing: [1040, 997] })
})

test('the longest one is a position that clients can give back', () => {
  const missing = Array.from({ length: missingMax }, (_, place) => 2 ** 53 - place)
  const position = `${'k'.repeat(32)}:${formatOffset({ arrivals: 2 ** 53, missing })}`
  expect(position.length).toBeLessThanOrEqual(positionField.lengthMax)
})

test('where more is missing than fits, it begins before all of that', () => {
  const missing = Array.from({ length: missingMax + 1 }, (_, place) => 500 + place)
  expect(formatOffset({ arrivals: 1042, missing })).toBe('499')
})
