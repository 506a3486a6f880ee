import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { DurationCounts, showFamily } from '../../../../protocol/std/metric-families.ts'

describe('durations that are counted', () => {
  test('are told as a histogram: up to each bound, shorter ones included, and how many in all', () => {
    const counts = new DurationCounts([0.1, 1])
    expect(counts.isEmpty).toBe(true)
    for (const seconds of [0.05, 0.1, 0.5, 2]) counts.add(seconds)
    expect(counts.isEmpty).toBe(false)
    expect(counts.report()).toEqual({ bounds: [0.1, 1], counts: [2, 3, 4] })
  })

  test('are shown in a registry as one of the library is', async () => {
    const registry = new Registry()
    const counts = new DurationCounts([0.25])
    counts.add(0.125)
    counts.add(0.5)
    showFamily(registry, {
      name: 'took_seconds',
      help: 'How long.',
      type: 'histogram',
      read: () => counts.samples('took_seconds', { path: 'inline' }),
    })
    expect((await registry.metrics()).trim().split('\n')).toEqual([
      '# HELP took_seconds How long.',
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{le="0.25",path="inline"} 1',
      'took_seconds_bucket{le="+Inf",path="inline"} 2',
      'took_seconds_sum{path="inline"} 0.625',
      'took_seconds_count{path="inline"} 2',
    ])
  })
})
