// What the console works with: one look at all processes, and what is shown of it. Plain data.

import type { GatewayReport, LogReport, ShardReport, SlowRequest } from '../../protocol/reports.ts'

/** One look at the cluster. */
export type Sample = {
  /** By the clock of this process, like every time below. */
  readonly atMs: number
  readonly shards: readonly ShardReport[]
  readonly gateways: readonly GatewayReport[]
  /** Shards that are known and did not tell of themselves. */
  readonly silent: readonly { readonly name: string; readonly why: string }[]
}

export type ProcessView = {
  readonly name: string
  readonly kind: 'shard' | 'gateway'
  /** `silent`: it should be there and is not. `ended`: it went in good order. */
  readonly state: 'ready' | 'joining' | 'leaving' | 'silent' | 'ended'
  readonly problem?: string
  readonly machine: string
  readonly pid: number
  readonly upSeconds: number
  /** Of one core. */
  readonly cpuPercent: number
  readonly residentBytes: number
  readonly heapBytes: number
  readonly lagP99Ms: number
  readonly lagMaxMs: number
  /** Of a shard: partitions that it serves, and that it keeps beside their primary. */
  readonly primaries: number
  readonly replicas: number
  /** Of a gateway: its WebSockets. Of a shard: the live streams that come from it. */
  readonly connections: number
}

export type PartitionView = {
  readonly partition: number
  /** Undefined where nobody serves it. */
  readonly primary?: string
  readonly epoch: number
  readonly replicas: readonly { readonly name: string; readonly lag: number }[]
  /** Where an operator wants it. */
  readonly pinnedTo?: string
  /** When it was moved or lost its primary last. */
  readonly changedAtMs?: number
}

export type OperationView = {
  readonly name: string
  readonly perSecond: number
  readonly failedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly total: number
  readonly failedTotal: number
}

export type MemoryView = {
  readonly name: string
  readonly graph: number
  readonly rings: number
  readonly bodies: number
  readonly accounts: number
  readonly index: number
  readonly heap: number
  /** Of the process, beside all that. */
  readonly other: number
}

export type LogView = LogReport & {
  readonly appendsPerSecond: number
  readonly appendP50Ms: number
  readonly appendP99Ms: number
}

export type EventView = {
  readonly atMs: number
  readonly kind: 'failover' | 'move' | 'hosting' | 'process'
  readonly text: string
  readonly partitions: readonly number[]
  readonly from?: string
  readonly to?: string
  readonly cause?: string
  /** Of the longest of its steps. */
  readonly tookMs?: number
}

export type Alarm = { readonly level: 'bad' | 'notice'; readonly text: string }

/** Sums over all processes. */
export type Totals = {
  readonly requestsPerSecond: number
  readonly failedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly connections: number
  readonly pushesPerSecond: number
  readonly pushP99Ms: number
  readonly deliveriesPerSecond: number
  readonly fanOutWaiting: number
  readonly requestsHeld: number
  readonly lagMaxMs: number
  readonly users: number
  readonly tweets: number
  readonly followEdges: number
  readonly residentBytes: number
  readonly appendP99Ms: number
}

export type ClusterView = {
  readonly atMs: number
  readonly health: 'good' | 'notice' | 'bad'
  readonly alarms: readonly Alarm[]
  readonly totals: Totals
  readonly processes: readonly ProcessView[]
  readonly partitions: readonly PartitionView[]
  readonly operations: readonly OperationView[]
  readonly memory: readonly MemoryView[]
  readonly log?: LogView
  /** The newest first. */
  readonly events: readonly EventView[]
  readonly slow: readonly (SlowRequest & { readonly process: string })[]
}

/** What the console asks for each second. */
export type ConsoleData = {
  /** The gateway that tells. */
  readonly gateway: string
  readonly view: ClusterView
  /** Totals of the last minutes, the oldest first. */
  readonly history: readonly (Totals & { readonly atMs: number })[]
}
