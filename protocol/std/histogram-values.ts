// A histogram of the metrics as plain numbers, for whoever works out quantiles of it.

import type { Histogram } from '../reports.ts'

/** What the metrics library gives for a histogram, as far as it is needed here. */
type Values = readonly {
  readonly metricName?: string
  readonly labels: Readonly<Partial<Record<string, string | number>>>
  readonly value: number
}[]

/** By the value of a label, or under '' where there is none: each series of a histogram. */
export function histogramsOf(values: Values, label?: string): Map<string, Histogram> {
  const series = new Map<string, { bounds: number[]; counts: number[] }>()
  for (const { metricName, labels, value } of values) {
    if (metricName?.endsWith('_bucket') !== true) continue
    const key = label === undefined ? '' : String(labels[label])
    const one = series.get(key) ?? { bounds: [], counts: [] }
    series.set(key, one)
    if (labels['le'] !== '+Inf') one.bounds.push(Number(labels['le']))
    one.counts.push(value)
  }
  return series
}
