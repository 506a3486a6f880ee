// What processes tell of themselves to the operators' console, and what an operator asks of them.
//
//   console -> its gateway --ask--> every shard          {kind: 'observe'}, {kind: 'move', …}, …
//                          <-answer- report of the shard, with the newest of its other gateways
//                                    shard --ask--> its other gateways     {kind: 'report'}, {kind: 'drain'}
//                                          <-report-
//
// It goes over the links that gateways and shards have anyway: they reach other machines, which an admin
// port on loopback does not, and both sides have shown that they know the secret of the cluster. Nothing
// is sent while nobody looks. A shard says in its status which version of this it speaks; one that says
// none is asked nothing.

import { unpackOurs } from './cluster.ts'
import { ClusterProtocolError } from './cluster-stream.ts'
import type { Partition } from './ids.ts'

/** Raised where a report or a question changes its meaning. */
export const reportVersion = 1

/** How late the event loop ran since the last report. */
export type LoopLag = { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number }

/** What every process tells. */
export type ProcessReport = {
  /** When this was told, by the clock of the machine. */
  readonly atMs: number
  readonly pid: number
  readonly machine: string
  readonly startedAtMs: number
  /** Processor time of all its threads since its start. */
  readonly cpuMs: number
  readonly residentBytes: number
  readonly heapBytes: number
  readonly lag: LoopLag
}

/** A request that took long, without anything that its sender wrote. */
export type SlowRequest = {
  /** When it was over, by the clock of the process that tells. */
  readonly atMs: number
  readonly operation: string
  readonly tookMs: number
  readonly outcome: string
  /** The same on the gateway and on the shard. */
  readonly requestId: string
  readonly traceId?: string
  readonly partition: Partition
}

export type HostedReport = readonly [
  partition: Partition,
  isServing: 0 | 1,
  epoch: number,
  sequence: number,
  /** Entries that another shard has applied and this one has not. */
  lag: number,
]

/** Something that has become of a partition. */
export type MoveReport = {
  readonly atMs: number
  readonly partition: Partition
  readonly what: 'hosted' | 'dropped' | 'handed over' | 'taken over'
  readonly tookMs: number
  readonly from?: string
  readonly to?: string
  /** There for a failover only. */
  readonly cause?: string
}

/** A member of the cluster as a shard has heard of it last. */
export type MemberReport = {
  readonly name: string
  readonly state: 'joining' | 'ready' | 'leaving'
  readonly isLive: boolean
  readonly silentMs: number
  readonly hosted: readonly Partition[]
  readonly serving: readonly Partition[]
}

/** What keeps the log. */
export type LogReport = {
  readonly kind: 'redis' | 'embedded' | 'memory'
  /** Hosts and ports, never with a password. */
  readonly where: string
  /** Of a question to it just now. */
  readonly roundTripMs?: number
  /** Why it does not answer. */
  readonly problem?: string
  /** What it says of itself, by name. */
  readonly facts: Readonly<Record<string, string | number>>
}

/** A histogram as Prometheus has it: how often at most each bound, and how often in all. */
export type Histogram = {
  readonly bounds: readonly number[]
  /** One more than bounds: the last one is the count of all. */
  readonly counts: readonly number[]
}

export type ShardReport = {
  readonly version: typeof reportVersion
  readonly kind: 'shard'
  readonly name: string
  readonly incarnation: string
  readonly process: ProcessReport
  readonly state: MemberReport['state']
  readonly problem?: string
  readonly partitionCount: number
  readonly replicas: number
  readonly hosted: readonly HostedReport[]
  /** Numbers of now (`users`) and numbers that only rise (`pushesTotal`), by name. */
  readonly counts: Readonly<Record<string, number>>
  readonly memoryBytes: {
    readonly graph: number
    readonly rings: number
    readonly bodies: number
    readonly accounts: number
    readonly index: number
  }
  readonly appendSeconds: Histogram
  readonly log: LogReport
  /** The newest last. */
  readonly moves: readonly MoveReport[]
  readonly slow: readonly SlowRequest[]
  readonly members: readonly MemberReport[]
  readonly pins: readonly { readonly partition: Partition; readonly to: string }[]
  /** What the gateways that are linked here told last, when this shard was asked before. */
  readonly gateways: readonly GatewayReport[]
}

/** What has been answered of one operation, since the start of the process. */
export type OperationReport = {
  readonly name: string
  readonly ok: number
  readonly failed: Readonly<Record<string, number>>
  readonly seconds: Histogram
}

export type GatewayReport = {
  readonly version: typeof reportVersion
  readonly kind: 'gateway'
  readonly name: string
  readonly process: ProcessReport
  readonly state: 'ready' | 'leaving'
  readonly problem?: string
  readonly counts: Readonly<Record<string, number>>
  readonly pushSeconds: Histogram
  /** Those that were asked for at all. */
  readonly operations: readonly OperationReport[]
  readonly slow: readonly SlowRequest[]
  /** The shards that it can send requests to. */
  readonly links: readonly string[]
}

/** What a gateway asks of a shard. */
export type OperatorAsk =
  | { readonly kind: 'observe' }
  /** For the shard itself, or for a gateway that is linked to it. */
  | { readonly kind: 'drain'; readonly process: string }
  /** `to` is a shard; '' lets the ring decide. */
  | { readonly kind: 'move'; readonly partition: Partition; readonly to: string }

/** What a shard asks of a gateway. */
export type GatewayAsk = { readonly kind: 'report' } | { readonly kind: 'drain' }

/** The answer of a shard: its report, or that it will do what was asked, or why not. */
export type OperatorAnswer =
  | { readonly report: ShardReport }
  | { readonly done: true }
  | { readonly refused: string }

type Numbered<T> = { readonly id: number; readonly what: T }

/** Throws ClusterProtocolError for a body that no process of this version writes. */
export function readAsk(body: Uint8Array): Numbered<OperatorAsk> {
  const ask = unpackOurs(body) as Partial<Numbered<Partial<Record<string, unknown>>>> | null
  const what = ask?.what
  const isSound =
    Number.isSafeInteger(ask?.id) &&
    (what?.['kind'] === 'observe' ||
      (what?.['kind'] === 'drain' && typeof what['process'] === 'string') ||
      (what?.['kind'] === 'move' &&
        Number.isSafeInteger(what['partition']) &&
        typeof what['to'] === 'string'))
  if (!isSound) throw new ClusterProtocolError('a question of an operator that cannot be read')
  return ask as Numbered<OperatorAsk>
}

/** Throws ClusterProtocolError, as above. */
export function readOperatorAnswer(body: Uint8Array): Numbered<OperatorAnswer> {
  const answer = unpackOurs(body) as Partial<Numbered<object>> | null
  const isSound =
    Number.isSafeInteger(answer?.id) && typeof answer?.what === 'object' && answer.what !== null
  if (!isSound) throw new ClusterProtocolError('an answer for an operator that cannot be read')
  return answer as Numbered<OperatorAnswer>
}

/** Throws ClusterProtocolError, as above. */
export function readGatewayAsk(body: Uint8Array): GatewayAsk {
  const ask = unpackOurs(body) as Partial<Record<'kind', unknown>> | null
  if (ask?.kind !== 'report' && ask?.kind !== 'drain') {
    throw new ClusterProtocolError('a question to a gateway that cannot be read')
  }
  return ask as GatewayAsk
}

/** Throws ClusterProtocolError, as above. */
export function readGatewayReport(body: Uint8Array): GatewayReport {
  const report = unpackOurs(body) as Partial<GatewayReport> | null
  if (report?.version !== reportVersion || report.kind !== 'gateway') {
    throw new ClusterProtocolError('a report of a gateway that cannot be read')
  }
  return report as GatewayReport
}
