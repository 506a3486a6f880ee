// How many requests of each operation were answered, with which outcome and after how long.
//
// Each request raises plain numbers, which become metrics when somebody asks. The metrics library would make a text
// of a request's labels twice, to find the two series by it: a tenth of what a gateway does for a home timeline
// over WebSocket.

import { failures } from '../protocol/errors.ts'
import type { Operation } from '../protocol/operation.ts'
import { operationsByCode } from '../protocol/registry.ts'
import type { OperationReport } from '../protocol/reports.ts'

const durationName = 'rookery_request_duration_seconds'
/** In seconds. */
const durationBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** A metric that is read when somebody asks for it. */
export type Family = {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'histogram'
  readonly read: () => Sample[]
}

type Sample = {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

class OperationCounts {
  readonly name: string
  /** Every outcome that is declared, from the start on. */
  readonly outcomes: Map<string, number>
  /** How many took up to each bound and longer than the one before it; the last are those beyond all bounds. */
  readonly durations: number[] = [...durationBounds, Infinity].map(() => 0)
  seconds = 0

  constructor({ name, refusals }: Operation) {
    this.name = name
    const codes = ['ok', ...Object.keys(failures), ...Object.keys(refusals)]
    this.outcomes = new Map(codes.map((code) => [code, 0]))
  }

  add(outcome: string, seconds: number): void {
    const known = this.outcomes.has(outcome) ? outcome : 'internal'
    this.outcomes.set(known, this.outcomes.get(known)! + 1)
    let place = 0
    while (place < durationBounds.length && seconds > durationBounds[place]!) place++
    this.durations[place]!++
    this.seconds += seconds
  }

  /** How many took up to each bound, all shorter ones included; the last are all there were. */
  cumulated(): number[] {
    let sum = 0
    return this.durations.map((count) => {
      sum += count
      return sum
    })
  }
}

export class RequestCounts {
  readonly #operations = new Map<number, OperationCounts>()

  constructor() {
    for (const [code, operation] of operationsByCode) {
      this.#operations.set(code, new OperationCounts(operation))
    }
  }

  /** The same as metrics. */
  families(): readonly Family[] {
    const counts = [...this.#operations.values()]
    return [
      {
        name: 'rookery_requests_total',
        help: 'Requests that were answered, by operation and outcome: ok, or the code of the error.',
        type: 'counter',
        read: () => counts.flatMap(outcomeSamples),
      },
      {
        name: durationName,
        help: 'From reading a request to its answer, by operation.',
        type: 'histogram',
        read: () => counts.flatMap(durationSamples),
      },
    ]
  }

  /** @param end.outcome `ok`, or the code of the error */
  add({ code }: Operation, end: { readonly outcome: string; readonly tookMs: number }): void {
    this.#operations.get(code)?.add(end.outcome, end.tookMs / 1000)
  }

  /** What has been answered so far, of each operation that was asked for at all. */
  reports(): OperationReport[] {
    const asked = [...this.#operations.values()].filter(({ durations }) => durations.some(Boolean))
    return asked.map((one) => {
      const { ok = 0, ...others } = Object.fromEntries(one.outcomes)
      const failed = Object.fromEntries(Object.entries(others).filter(([, count]) => count > 0))
      const seconds = { bounds: durationBounds, counts: one.cumulated() }
      return { name: one.name, ok, failed, seconds }
    })
  }
}

function outcomeSamples({ name: operation, outcomes }: OperationCounts): Sample[] {
  return Array.from(outcomes, ([outcome, value]) => ({ labels: { operation, outcome }, value }))
}

function durationSamples(one: OperationCounts): Sample[] {
  const operation = one.name
  const counts = one.cumulated()
  const buckets = counts.map((value, place) => {
    const labels = { le: durationBounds[place] ?? '+Inf', operation }
    return { metricName: `${durationName}_bucket`, labels, value }
  })
  return [
    ...buckets,
    { metricName: `${durationName}_sum`, labels: { operation }, value: one.seconds },
    { metricName: `${durationName}_count`, labels: { operation }, value: counts.at(-1)! },
  ]
}
