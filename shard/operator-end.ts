// The operators' end of a shard process: what it tells of itself, what it is asked to do, and the slow
// requests that it has answered.

import { operationsByCode } from '../protocol/registry.ts'
import type { OperatorAnswer, OperatorAsk } from '../protocol/reports.ts'
import type { Log } from '../protocol/std/log.ts'
import { ProcessReporter } from '../protocol/std/process-report.ts'
import type { ProcessContext } from '../protocol/std/run.ts'
import { SlowRequests } from '../protocol/std/slow-requests.ts'
import { requestName, traceOf } from '../protocol/trace-context.ts'
import type { Observed, ShardMetrics } from './metrics.ts'
import { Observation } from './observation.ts'
import type { Answered, ToldGateway } from './operator-desk.ts'
import { OperatorDesk } from './operator-desk.ts'
import type { Membership } from './placement/membership.ts'
import type { Move } from './placement/moves.ts'
import type { ReplicationLog } from './replication/log.ts'
import type { ShardSettings } from './settings.ts'
import { replicasOf } from './settings.ts'

export type OperatorEndParts = {
  readonly settings: ShardSettings
  readonly log: Log
  readonly replication: ReplicationLog
  readonly metrics: ShardMetrics
  readonly membership: Membership
  readonly context: Pick<ProcessContext, 'end'>
  readonly observed: Observed
  gateways(): ReadonlyMap<string, ToldGateway>
  /** Looks at the other members, and acts on what is new. */
  look(): Promise<void>
}

export class OperatorEnd {
  readonly #name: string
  readonly #slow: SlowRequests
  readonly #observation: Observation
  readonly #desk: OperatorDesk
  readonly #reporter = new ProcessReporter()

  constructor(parts: OperatorEndParts) {
    const { settings, log, replication, metrics, membership, context, observed } = parts
    const { partitionCount } = settings
    this.#name = settings.name
    this.#slow = new SlowRequests({ thresholdMs: settings.slowRequestMs, log, now: Date.now })
    this.#observation = new Observation({
      ...observed,
      partitionCount,
      replicas: replicasOf(settings),
      log: replication,
      logKind: settings.redisUrl === '' ? 'embedded' : 'redis',
      slow: this.#slow,
      appends: () => metrics.appendSeconds(),
      process: () => this.#reporter.read(),
      gateways: () => this.#desk.gatewayReports(),
      now: Date.now,
      monotonicNow: () => performance.now(),
    })
    this.#desk = new OperatorDesk({
      partitionCount,
      membership,
      log,
      gateways: () => parts.gateways(),
      report: () => this.#observation.report(),
      look: () => parts.look(),
      end: (reason) => context.end(reason),
    })
  }

  answer(ask: OperatorAsk): Promise<OperatorAnswer> {
    return this.#desk.answer(ask)
  }

  moved(move: Move): void {
    this.#observation.moved(move)
  }

  /** A request took long here. Its trace names the gateway's hop as the caller. */
  slow({ requestId, operation, partition, context, gateway, outcome, tookMs }: Answered): void {
    const trace = traceOf(context?.traceparent ?? '', noSpan)
    const { traceId, parentSpanId } = trace ?? {}
    this.#slow.note({
      operation: operationsByCode.get(operation)?.name ?? String(operation),
      tookMs,
      outcome,
      requestId:
        context?.requestId ?? requestName({ gateway, shard: this.#name, number: requestId }),
      partition,
      peer: gateway,
      ...(traceId === undefined ? {} : { traceId }),
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
    })
  }

  close(): void {
    this.#reporter.close()
  }
}

/** A shard calls nobody: its hop needs no id. */
function noSpan(): Uint8Array {
  return new Uint8Array(8)
}
