import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { requestTimeoutMs } from '../../../../protocol/limits.ts'
import { linkSilenceMaxMs, linkSweepPeriodMs } from '../../../../server/limits.ts'
import { LinkSilence } from '../../../../server/links/link-silence.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const status = { serving: [], hosted: [], members: {} }
const looksMax = linkSilenceMaxMs / linkSweepPeriodMs

/** Whether it is too long at the end of so many looks, or before. */
function lookFor(silence: LinkSilence, looks: number, hasOverdue = false): boolean {
  let isTooLong = false
  for (let look = 0; look < looks; look++) {
    vi.advanceTimersByTime(linkSweepPeriodMs)
    isTooLong ||= silence.isTooLong(hasOverdue)
  }
  return isTooLong
}

test('a shard that tells of itself is away when it has not for long; any word of it counts', () => {
  const silence = new LinkSilence()
  silence.heard()
  silence.told({ ...status, beats: true })
  expect(lookFor(silence, looksMax)).toBe(false)
  silence.heard()
  expect(lookFor(silence, looksMax)).toBe(false)
  expect(lookFor(silence, 1)).toBe(true)
})

test('a gateway that has stood still does not take that for the silence of others', () => {
  const silence = new LinkSilence()
  silence.heard()
  silence.told({ ...status, beats: true })
  vi.advanceTimersByTime(10 * linkSilenceMaxMs)
  expect(lookFor(silence, 1)).toBe(false)
})

test('a shard of the release before is away when it owes an answer and says nothing at all', () => {
  const silence = new LinkSilence()
  silence.heard()
  silence.told(status)
  expect(lookFor(silence, 10 * looksMax)).toBe(false)
  silence.heard()
  vi.advanceTimersByTime(requestTimeoutMs)
  expect(silence.isTooLong(true)).toBe(false)
  vi.advanceTimersByTime(1)
  expect(silence.isTooLong(true)).toBe(true)
})
