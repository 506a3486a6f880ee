import { describe, expect, test } from 'vitest'
import { isTagAmong, rangeOf } from '../../../../server/media/ranges.ts'

describe('a range of a file of 1,000 bytes', () => {
  test.each<[string, ReturnType<typeof rangeOf>]>([
    ['bytes=0-0', { from: 0, to: 0 }],
    ['bytes=0-499', { from: 0, to: 499 }],
    ['bytes=500-', { from: 500, to: 999 }],
    ['bytes=900-5000', { from: 900, to: 999 }],
    ['bytes=-100', { from: 900, to: 999 }],
    ['bytes=-5000', { from: 0, to: 999 }],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,5-6', undefined],
    ['lines=0-1', undefined],
    ['bytes=0-1x', undefined],
    ['', undefined],
  ])('%s', (header, range) => {
    expect(rangeOf(header, 1_000)).toEqual(range)
  })
})

test('a client that has the file says so with any of its tags', () => {
  expect(isTagAmong('"a", W/"b"', '"b"')).toBe(true)
  expect(isTagAmong('*', '"b"')).toBe(true)
  expect(isTagAmong('"a"', '"b"')).toBe(false)
  expect(isTagAmong('', '"b"')).toBe(false)
})
