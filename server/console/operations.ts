// Requests and their latency, by operation and in all, over all gateways. Pure.

import type { GatewayReport, OperationReport } from '../../protocol/reports.ts'
import type { Pair } from './rates.ts'
import { added, countOf, quantileOf, sumOf, toMs } from './rates.ts'
import type { OperationView, Totals } from './sample.ts'

/** Errors that are the server's: a refusal, a wrong parameter or a rate limit is not. */
const faults = ['unavailable', 'timeout', 'unknown_outcome', 'internal']

type Lately = {
  readonly name: string
  readonly now: OperationReport
  readonly before: OperationReport | undefined
  readonly seconds: number
  /** Whether the time before is known: the past of a process that is new is not of this moment. */
  readonly isKnown: boolean
}

/** Those that are asked for most come first. */
export function operationsOf(gateways: readonly Pair<GatewayReport>[]): OperationView[] {
  const byName = Map.groupBy(latelyOf(gateways), ({ name }) => name)
  return [...byName]
    .map(([name, all]) => operationOf(name, all))
    .sort((left, right) => right.perSecond - left.perSecond || right.total - left.total)
}

/** The same of all operations together. */
export function requestsOf(
  gateways: readonly Pair<GatewayReport>[],
): Pick<Totals, 'requestsPerSecond' | 'failedPerSecond' | 'p50Ms' | 'p99Ms'> {
  const { perSecond, failedPerSecond, p50Ms, p99Ms } = operationOf('', latelyOf(gateways))
  return { requestsPerSecond: perSecond, failedPerSecond, p50Ms, p99Ms }
}

function latelyOf(gateways: readonly Pair<GatewayReport>[]): Lately[] {
  return gateways.flatMap((pair) => {
    const { seconds } = pair
    return pair.now.operations.map((now) => {
      const before = pair.before?.operations.find(({ name }) => name === now.name)
      return { name: now.name, now, before, seconds, isKnown: pair.before !== undefined }
    })
  })
}

function operationOf(name: string, all: readonly Lately[]): OperationView {
  const known = all.filter(({ isKnown }) => isKnown)
  const durations = known.map(({ now, before }) => added(now.seconds, before?.seconds))
  const lately = sumOf(durations)
  const rate = known.map(({ seconds }, place) => countOf(durations[place] ?? lately) / seconds)
  const failed = known.map(
    ({ now, before, seconds }) => (faultsIn(now) - faultsIn(before)) / seconds,
  )
  return {
    name,
    perSecond: sum(rate),
    failedPerSecond: Math.max(0, sum(failed)),
    p50Ms: toMs(quantileOf(lately, 0.5)),
    p99Ms: toMs(quantileOf(lately, 0.99)),
    total: sum(all.map(({ now }) => countOf(now.seconds))),
    failedTotal: sum(all.map(({ now }) => faultsIn(now))),
  }
}

function faultsIn(report: OperationReport | undefined): number {
  return sum(faults.map((code) => report?.failed[code] ?? 0))
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
