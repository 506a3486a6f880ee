import { expect, test } from 'vitest'
import { isTooSlow, sendStatus } from '../../../server/backpressure.ts'

test('a socket is too slow when more waits than allowed, or anything was dropped', () => {
  expect(isTooSlow(sendStatus.sent, 1_000, 10)).toBe(false)
  expect(isTooSlow(sendStatus.buffered, 10, 10)).toBe(false)
  expect(isTooSlow(sendStatus.buffered, 11, 10)).toBe(true)
  expect(isTooSlow(sendStatus.dropped, 0, 10)).toBe(true)
})
