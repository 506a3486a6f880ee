// A histogram of the metrics as plain numbers, for whoever works out quantiles of it.

import type { Histogram } from '../reports.ts'

/** What the metrics library gives for a histogram, as far as it is needed here. */
type Values = readonly {
  readonly metricName?: string
  readonly labels: Readonly<Partial<Record<string, string | number>>>
  readonly value: number
}[]

/** Of a histogram without labels. */
export function histogramOf(values: Values): Histogram {
  const bounds: number[] = []
  const counts: number[] = []
  for (const { metricName, labels, value } of values) {
    if (metricName?.endsWith('_bucket') !== true) continue
    if (labels['le'] !== '+Inf') bounds.push(Number(labels['le']))
    counts.push(value)
  }
  return { bounds, counts: counts.length === 0 ? [0] : counts }
}
