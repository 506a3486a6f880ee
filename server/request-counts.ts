// How many requests of each operation were answered, with which outcome and after how long.

import { failures } from '../protocol/errors.ts'
import type { Operation } from '../protocol/operation.ts'
import { operationsByCode } from '../protocol/registry.ts'
import type { OperationReport } from '../protocol/reports.ts'
import { DurationCounts, type MetricFamily, type Sample } from '../protocol/std/metric-families.ts'

const durationName = 'rookery_request_duration_seconds'
/** In seconds. */
const durationBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

class OperationCounts {
  readonly name: string
  /** Every outcome that is declared, from the start on. */
  readonly outcomes: Map<string, number>
  readonly durations = new DurationCounts(durationBounds)

  constructor({ name, refusals }: Operation) {
    this.name = name
    const codes = ['ok', ...Object.keys(failures), ...Object.keys(refusals)]
    this.outcomes = new Map(codes.map((code) => [code, 0]))
  }

  add(outcome: string, seconds: number): void {
    const known = this.outcomes.has(outcome) ? outcome : 'internal'
    this.outcomes.set(known, this.outcomes.get(known)! + 1)
    this.durations.add(seconds)
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
  families(): readonly MetricFamily[] {
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
        read: () =>
          counts.flatMap(({ name: operation, durations }) =>
            durations.samples(durationName, { operation }),
          ),
      },
    ]
  }

  /** @param end.outcome `ok`, or the code of the error */
  add({ code }: Operation, end: { readonly outcome: string; readonly tookMs: number }): void {
    this.#operations.get(code)?.add(end.outcome, end.tookMs / 1000)
  }

  /** What has been answered so far, of each operation that was asked for at all. */
  reports(): OperationReport[] {
    const asked = [...this.#operations.values()].filter(({ durations }) => !durations.isEmpty)
    return asked.map((one) => {
      const { ok = 0, ...others } = Object.fromEntries(one.outcomes)
      const failed = Object.fromEntries(Object.entries(others).filter(([, count]) => count > 0))
      return { name: one.name, ok, failed, seconds: one.durations.report() }
    })
  }
}

function outcomeSamples({ name: operation, outcomes }: OperationCounts): Sample[] {
  return Array.from(outcomes, ([outcome, value]) => ({ labels: { operation, outcome }, value }))
}
