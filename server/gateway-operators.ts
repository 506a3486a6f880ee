// What a gateway tells operators of itself (protocol/reports.ts), and the slow requests that went through it.

import type { GatewayReport } from '../protocol/reports.ts'
import { reportVersion } from '../protocol/reports.ts'
import type { Log } from '../protocol/std/log.ts'
import { ProcessReporter } from '../protocol/std/process-report.ts'
import { SlowRequests } from '../protocol/std/slow-requests.ts'
import { requestName } from '../protocol/trace-context.ts'
import type { GatewayOperators } from './links/link-operators.ts'
import type { ShardRequest } from './links/shard-request.ts'
import type { Shards } from './links/shards.ts'
import type { GatewayMetrics } from './metrics.ts'

/** For so long a report is as good as new. */
const reportKeptMs = 300

export type OwnReportParts = {
  readonly name: string
  readonly slowRequestMs: number
  readonly metrics: GatewayMetrics
  readonly log: Log
  /** They are there by the time that somebody asks. */
  shards(): Pick<Shards, 'operated' | 'heldCount'>
  whyNotReady(): string | undefined
  isDraining(): boolean
}

export class OwnReport implements GatewayOperators {
  /** An operator wants this process to end in good order; whoever runs it says how. */
  onDrain: () => void = () => undefined
  readonly #parts: OwnReportParts
  readonly #slow: SlowRequests
  readonly #reporter = new ProcessReporter()
  #newest: { readonly atMs: number; readonly report: Promise<GatewayReport> } | undefined

  constructor(parts: OwnReportParts) {
    const { metrics, slowRequestMs: thresholdMs, log } = parts
    this.#parts = parts
    this.#slow = new SlowRequests({ thresholdMs, log, now: Date.now })
    metrics.slowMs = thresholdMs
    metrics.onSlow = (request, end) => this.#noteSlow(request, end)
  }

  /** The same one for all who ask within a moment: each shard that is observed asks as well. */
  report(): Promise<GatewayReport> {
    const nowMs = performance.now()
    if (this.#newest === undefined || nowMs - this.#newest.atMs > reportKeptMs) {
      this.#newest = { atMs: nowMs, report: this.#report() }
    }
    return this.#newest.report
  }

  async #report(): Promise<GatewayReport> {
    const { name, metrics, shards, whyNotReady, isDraining } = this.#parts
    const counts = await metrics.counts()
    const problem = whyNotReady()
    const links = shards().operated()
    return {
      version: reportVersion,
      kind: 'gateway',
      name,
      process: this.#reporter.read(),
      state: isDraining() ? 'leaving' : 'ready',
      ...(problem === undefined ? {} : { problem }),
      counts: { ...counts, requestsHeld: shards().heldCount },
      pushSeconds: metrics.pushSeconds(),
      operations: metrics.operationReports(),
      slow: this.#slow.kept,
      links: links.filter(({ isUp }) => isUp).map((link) => link.name),
    }
  }

  drain(): void {
    this.#parts.log.warn('an operator asks this process to end')
    this.onDrain()
  }

  close(): void {
    this.#reporter.close()
  }

  #noteSlow(request: ShardRequest, { outcome, tookMs }: { outcome: string; tookMs: number }): void {
    const { operation, call, sentTo: shard, sentNumber: number, trace } = request
    const requestId = request.requestId ?? requestName({ gateway: this.#parts.name, shard, number })
    const { traceId, spanId, parentSpanId } = trace ?? {}
    this.#slow.note({
      operation: operation.name,
      tookMs,
      outcome,
      requestId,
      partition: call.partition,
      peer: shard,
      ...(traceId === undefined ? {} : { traceId }),
      ...(spanId === undefined ? {} : { spanId }),
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
    })
  }
}
