// The recorder on a clock that the test moves.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { longestUs, Recorder } from '../../../../loadtest/report/recorder.ts'
import type { Recording } from '../../../../loadtest/report/recording.ts'
import { makeReport } from '../../../../loadtest/report/report.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function recorded(options: { readonly liveEverySeconds?: number } = {}) {
  const lines: string[] = []
  const report = makeReport({ isTerminal: false, print: (line) => lines.push(line) })
  return { lines, recorder: new Recorder({ report, ...options }) }
}

function kindOf(recording: Recording, name: string) {
  const kind = recording.kinds.find((one) => one.name === name)
  if (kind === undefined) throw new Error(`there is no ${name}`)
  return kind
}

describe('what is recorded', () => {
  test('is told second by second, and as a whole', () => {
    const { lines, recorder } = recorded()
    const push = recorder.kind('push', 'to each socket')
    recorder.start()
    for (let us = 1; us <= 1_000; us++) push.record(us)
    vi.advanceTimersByTime(1_000)
    for (let value = 0; value < 10; value++) push.record(5_000)
    vi.advanceTimersByTime(1_000)
    recorder.stop()
    const kind = kindOf(recorder.recording(), 'push')
    expect(kind.series.slice(0, 2)).toMatchObject([
      { atSeconds: 1, count: 1_000, perSecond: 1_000, p50Us: 500, p99Us: 990, maxUs: 1_000 },
      { atSeconds: 2, count: 10, perSecond: 10 },
    ])
    expect(kind.series[1]!.p50Us / 5_000).toBeCloseTo(1, 2)
    expect(kind).toMatchObject({ count: 1_010, meaning: 'to each socket' })
    expect(kind.maxUs / 5_000).toBeCloseTo(1, 2)
    expect(kind.bars.reduce((sum, [, times]) => sum + times, 0)).toBe(1_010)
    expect(kind.percentiles[0]).toEqual([0, 1])
    expect(lines[0]).toContain('push 1,000/s p50 500 us p99 990 us')
    expect(lines[0]).toContain('errors 0, missed 0, doubled 0')
  })

  test('is never shorter than a microsecond, nor longer than the longest', () => {
    const { recorder } = recorded()
    const kind = recorder.kind('read')
    recorder.start()
    for (const us of [-5, 0, 0.2, 1e12]) kind.record(us)
    recorder.stop()
    const { bars, maxUs } = kindOf(recorder.recording(), 'read')
    expect(maxUs).toBeGreaterThanOrEqual(longestUs)
    expect(bars[0]).toEqual([1, 3])
  })

  test('counts from the start on; what was before belongs to the warm-up', () => {
    const { recorder } = recorded()
    const kind = recorder.kind('read')
    kind.record(7)
    recorder.start()
    kind.record(9)
    recorder.stop()
    expect(kindOf(recorder.recording(), 'read')).toMatchObject({ count: 1, maxUs: 9 })
  })

  test('has a live line a second, or as seldom as a long run wants it', () => {
    const { lines, recorder } = recorded({ liveEverySeconds: 10 })
    recorder.start()
    vi.advanceTimersByTime(30_000)
    expect(lines).toHaveLength(3)
    recorder.stop()
  })
})

describe('a run is right', () => {
  test('where nothing was wrong, and says so in a table', () => {
    const { lines, recorder } = recorded()
    recorder.kind('read').record(3)
    recorder.note('until all were back', '1.20 s')
    recorder.start()
    const outcome = recorder.outcome({ clients: 3 })
    expect(outcome).toMatchObject({ isRight: true, figures: { clients: 3 } })
    expect(lines.join('\n')).toMatch(/until all were back +1\.20 s/)
  })

  test.each([
    ['an error', (recorder: Recorder) => recorder.error('timeout')],
    ['a miss', (recorder: Recorder) => recorder.missed++],
    ['a double', (recorder: Recorder) => recorder.doubled++],
  ])('but not after %s', (_, spoil) => {
    const { recorder } = recorded()
    recorder.start()
    spoil(recorder)
    expect(recorder.outcome().isRight).toBe(false)
  })

  test('and errors are told by code, at the second in which they came', () => {
    const { recorder } = recorded()
    recorder.start()
    vi.advanceTimersByTime(1_000)
    recorder.error('timeout', 2)
    recorder.error('unavailable')
    vi.advanceTimersByTime(2_000)
    recorder.stop()
    expect(recorder.recording()).toMatchObject({
      errors: { timeout: 2, unavailable: 1 },
      errorSeries: [[2, 3]],
    })
  })
})
