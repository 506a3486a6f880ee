// Metrics that are plain numbers until somebody asks for them.
//
// The metrics library makes a text of the labels at each call, to find a series by it, and an object for each timer: a tenth
// of what a gateway does for a home timeline, a thirtieth of what a shard does for a tweet. So what is counted at each
// request, tweet or append is counted here, and shown in the library's registry beside all else.

import type { Metric, Registry } from 'prom-client'
import type { Histogram } from '../reports.ts'

type Labels = Readonly<Record<string, string | number>>

/** One line of what is shown. */
export type Sample = {
  readonly metricName?: string
  readonly labels: Labels
  readonly value: number
}

/** A metric that is read when somebody asks for it. */
export type MetricFamily = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'histogram'
  readonly read: () => readonly Sample[]
}

/** Shows a family wherever the registry is shown. */
export function showFamily(registry: Registry, { read, ...family }: MetricFamily): void {
  const metric = { ...family, get: async () => ({ ...family, aggregator: 'sum', values: read() }) }
  // All that a registry wants of a metric is its name and what `get` gives; its types ask for one of the library's.
  registry.registerMetric(metric as unknown as Metric)
}

/** How often something took how long. */
export class DurationCounts {
  readonly #bounds: readonly number[]
  /** How many took up to each bound and longer than the one before it; the last are those beyond all bounds. */
  readonly #counts: number[]
  #seconds = 0

  /** @param bounds in seconds, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = [...bounds, Infinity].map(() => 0)
  }

  get isEmpty(): boolean {
    return !this.#counts.some(Boolean)
  }

  add(seconds: number): void {
    const bounds = this.#bounds
    let place = 0
    while (place < bounds.length && seconds > bounds[place]!) place++
    this.#counts[place]!++
    this.#seconds += seconds
  }

  /** How many took up to each bound, all shorter ones included; the last are all there were. */
  report(): Histogram {
    let sum = 0
    const counts = this.#counts.map((count) => {
      sum += count
      return sum
    })
    return { bounds: this.#bounds, counts }
  }

  /** @param name of the family that they are lines of */
  samples(name: string, labels: Labels = {}): Sample[] {
    const { bounds, counts } = this.report()
    const buckets = counts.map((value, place) => ({
      metricName: `${name}_bucket`,
      labels: { le: bounds[place] ?? '+Inf', ...labels },
      value,
    }))
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#seconds },
      { metricName: `${name}_count`, labels, value: counts.at(-1)! },
    ]
  }
}
