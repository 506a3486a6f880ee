// The line through the readings, and what is called a leak.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../../loadtest/cluster/health.ts'
import { parseMetrics } from '../../../../loadtest/cluster/health.ts'
import { noteHealth } from '../../../../loadtest/soak/leak-report.ts'
import { readingsMin, riseLimits, risesOf } from '../../../../loadtest/soak/leaks.ts'
import { fitLine } from '../../../../loadtest/soak/least-squares.ts'
import { Random } from '../../../../loadtest/std/random.ts'

const mebibyte = 1024 * 1024

describe('a line', () => {
  test('goes through points that lie on one', () => {
    const line = fitLine([
      [0, 1],
      [2, 5],
      [4, 9],
    ])
    expect(line).toEqual({ points: 3, slope: 2, intercept: 1, slopeError: 0, span: 4, end: 4 })
  })

  test('of a textbook has its slope and its error', () => {
    // Worked by hand: mean (3, 4), Sxx 10, Sxy 6, squared residuals 2.4, so 2.4 / 3 / 10 under the root.
    const line = fitLine([
      [1, 2],
      [2, 4],
      [3, 5],
      [4, 4],
      [5, 5],
    ])
    expect(line.slope).toBeCloseTo(0.6, 12)
    expect(line.intercept).toBeCloseTo(2.2, 12)
    expect(line.slopeError).toBeCloseTo(Math.sqrt(2.4 / 3 / 10), 12)
  })

  test('is found again, whatever it is', () => {
    const real = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(real, real, fc.integer({ min: 3, max: 100 }), (slope, intercept, count) => {
        const points = Array.from({ length: count }, (_, x) => [x, intercept + slope * x] as const)
        const line = fitLine(points)
        expect(Math.abs(line.slope - slope)).toBeLessThan(1e-6)
        expect(Math.abs(line.intercept - intercept)).toBeLessThan(1e-4)
      }),
    )
  })

  test('needs points at two places', () => {
    expect(() => fitLine([])).toThrow(RangeError)
    expect(() =>
      fitLine([
        [1, 1],
        [1, 2],
      ]),
    ).toThrow(RangeError)
    expect(
      fitLine([
        [1, 1],
        [2, 2],
      ]).slopeError,
    ).toBe(Infinity)
  })
})

/** An hour of readings, one a minute. */
function hour(valueAt: (minute: number) => Omit<Reading, 'atSeconds'>): Reading[] {
  return Array.from({ length: 60 }, (_, minute) => ({ atSeconds: minute * 60, ...valueAt(minute) }))
}

function leaksOf(readings: readonly Reading[], posts = 0): string[] {
  const rises = risesOf({ process: 'shard-0', readings, posts })
  return rises.filter(({ isLeak }) => isLeak).map(({ measure }) => measure)
}

describe('a leak', () => {
  test('is a steady rise by more than what is allowed', () => {
    const rising = hour((minute) => ({ residentBytes: (200 + 2 * minute) * mebibyte }))
    expect(leaksOf(rising)).toEqual(['residentBytes'])
    const slowly = hour((minute) => ({ residentBytes: (200 + minute) * mebibyte }))
    expect(leaksOf(slowly)).toEqual([])
  })

  test('of descriptors is found by the dozen', () => {
    expect(leaksOf(hour((minute) => ({ descriptors: 40 + minute })))).toEqual(['descriptors'])
    expect(leaksOf(hour((minute) => ({ descriptors: 40 + (minute % 8) })))).toEqual([])
  })

  test('is not what the collector of garbage does to a heap', () => {
    const random = new Random('heap')
    const saw = hour((minute) => ({ heapBytes: ((minute % 7) * 40 + random.below(60)) * mebibyte }))
    expect(leaksOf(saw)).toEqual([])
  })

  test('is not what fills up once at the start', () => {
    expect(
      leaksOf(hour((minute) => ({ residentBytes: (minute < 15 ? minute * 30 : 450) * mebibyte }))),
    ).toEqual([])
  })

  test('is not what posts have to be kept in', () => {
    const posts = 400_000
    const stored = hour((minute) => ({ residentBytes: (minute / 60) * posts * 1_200 }))
    expect(leaksOf(stored, posts)).toEqual([])
    expect(leaksOf(stored, 0)).toEqual(['residentBytes'])
  })

  test('cannot be told from a few readings', () => {
    const few = hour((minute) => ({ residentBytes: minute * 1e9 })).slice(0, readingsMin)
    expect(risesOf({ process: 'shard-0', readings: few, posts: 0 })).toEqual([])
  })

  test('is told and is an error of the run', () => {
    const notes: string[] = []
    const errors: string[] = []
    const readings = new Map([
      ['shard-0', hour((minute) => ({ descriptors: minute * 2, heapBytes: mebibyte }))],
      ['shard-1', []],
    ])
    const recorder = {
      note: (name: string, value: string) => void notes.push(`${name}: ${value}`),
      error: (message: string) => void errors.push(message),
    }
    noteHealth(recorder, { readings, posts: 0 })
    expect(errors).toEqual(['shard-0 leaks: descriptors'])
    expect(notes).toEqual([
      'shard-0 heap: 1.0 MiB to 1.0 MiB in 44.0 min, certainly +0.0 MiB of 32.0 MiB allowed',
      'shard-0 descriptors: 30.0 to 118.0 in 44.0 min, certainly +88.0 of 16.0 allowed: A LEAK',
      `shard-1: too few readings to tell a leak: ${readingsMin} are needed`,
    ])
  })

  test('has a limit for every measure', () => {
    for (const { allowed } of Object.values(riseLimits)) expect(allowed).toBeGreaterThan(0)
  })
})

test('a page of metrics is read by name and labels', () => {
  const page = [
    '# HELP process_open_fds Number of open file descriptors.',
    '# TYPE process_open_fds gauge',
    'process_open_fds 36',
    'rookery_event_loop_lag_seconds{quantile="0.99"} 0.00125',
    'nodejs_version_info{version="v22.23.2",major="22"} 1',
    '',
  ].join('\n')
  const values = parseMetrics(page)
  expect(values.get('process_open_fds')).toBe(36)
  expect(values.get('rookery_event_loop_lag_seconds{quantile="0.99"}')).toBe(0.00125)
  expect(values.size).toBe(3)
})
