// The open loop on a clock that the test moves.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pacer } from '../../../loadtest/swarm/pacer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function paced(perSecond: number) {
  const intended: number[] = []
  const startedMs = performance.now()
  const pacer = new Pacer({ perSecond, work: (ms) => intended.push(ms - startedMs) })
  return { intended, pacer }
}

test('work comes at its rate, with the times at which it was meant to', () => {
  const { intended, pacer } = paced(100)
  pacer.start()
  vi.advanceTimersByTime(1_000)
  expect(intended).toHaveLength(100)
  expect(intended.slice(0, 3)).toEqual([10, 20, 30])
  pacer.stop()
  vi.advanceTimersByTime(1_000)
  expect(intended).toHaveLength(100)
})

test('what was held up is made up for, with the times of long ago', () => {
  const { intended, pacer } = paced(1_000)
  pacer.start()
  const late = performance.now() + 500
  vi.spyOn(performance, 'now').mockReturnValue(late)
  vi.advanceTimersByTime(1)
  expect(intended).toHaveLength(500)
  expect(intended[0]).toBeCloseTo(1)
  pacer.stop()
  vi.restoreAllMocks()
})

test('a rate may be less than one a second, or none at all', () => {
  const [slow, none] = [paced(0.5), paced(0)]
  slow.pacer.start()
  none.pacer.start()
  vi.advanceTimersByTime(10_000)
  expect(slow.intended).toHaveLength(5)
  expect(none.intended).toEqual([])
  slow.pacer.stop()
})
