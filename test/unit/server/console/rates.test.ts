import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { added, pairsOf, perSecond, quantileOf, sumOf } from '../../../../server/console/rates.ts'
import { gatewayReport, histogram, later } from './reports.ts'

describe('a rate', () => {
  const first = gatewayReport('gateway-0')
  const pushes = (report: typeof first) => report.counts['pushesTotal'] ?? 0

  test('is the difference of two looks, by the clock of the process that tells', () => {
    const second = later(first, 2_000, { counts: { pushesTotal: 30 } })
    const [pair] = pairsOf([second], [first])
    expect(perSecond(pair!, pushes)).toBe(10)
  })

  test('of a process that is new is 0: its past is not of this moment', () => {
    const [pair] = pairsOf([first], [])
    expect(perSecond(pair!, pushes)).toBe(0)
  })

  test('is not taken over a restart, where numbers begin again', () => {
    const process = { ...first.process, pid: 8 }
    const [pair] = pairsOf([gatewayReport('gateway-0', { process })], [first])
    expect(pair!.before).toBeUndefined()
  })

  test('is 0 where nothing new was told in between', () => {
    const [pair] = pairsOf([first], [first])
    expect(perSecond(pair!, pushes)).toBe(0)
  })
})

describe('a quantile', () => {
  test('lies on a straight line within its bucket', () => {
    expect(quantileOf(histogram([50, 100, 100]), 0.75)).toBeCloseTo(0.0055)
    expect(quantileOf(histogram([100, 100, 100]), 0.5)).toBeCloseTo(0.0005)
  })

  test('of nothing is 0, and beyond the last bound it is that', () => {
    expect(quantileOf(histogram([0, 0, 0]), 0.99)).toBe(0)
    expect(quantileOf(histogram([0, 0, 10]), 0.5)).toBe(0.01)
  })

  test('never falls when more is asked for', () => {
    const counts = fc
      .tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000))
      .map(([one, two, three]) => [one, one + two, one + two + three])
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (all, quantile) => {
        const lower = quantileOf(histogram(all), quantile / 2)
        expect(lower).toBeLessThanOrEqual(quantileOf(histogram(all), quantile))
      }),
    )
  })
})

test('what was added between two looks can be summed over processes', () => {
  const lately = [
    added(histogram([3, 5, 6]), histogram([1, 2, 2])),
    added(histogram([1, 1, 1]), undefined),
  ]
  expect(sumOf(lately)).toEqual(histogram([3, 4, 5]))
  expect(sumOf([])).toEqual({ bounds: [], counts: [0] })
})
