// Reports of processes as plain values, for tests of what the console makes of them.

import type { GatewayReport, Histogram, ShardReport } from '../../../../protocol/reports.ts'

export const histogram = (counts: readonly number[]): Histogram => ({
  bounds: [0.001, 0.01],
  counts,
})

const about = {
  atMs: 100_000,
  pid: 7,
  machine: 'one',
  startedAtMs: 40_000,
  cpuMs: 500,
  residentBytes: 1_000,
  heapBytes: 300,
  lag: { p50Ms: 0, p99Ms: 1, maxMs: 2 },
}

export function shardReport(name: string, over: Partial<ShardReport> = {}): ShardReport {
  return {
    version: 1,
    kind: 'shard',
    name,
    incarnation: 'first',
    process: about,
    state: 'ready',
    partitionCount: 2,
    replicas: 1,
    hosted: [],
    counts: { users: 5, followEdges: 3 },
    memoryBytes: { graph: 100, rings: 200, bodies: 50, accounts: 0, index: 50 },
    appendSeconds: histogram([0, 0, 0]),
    log: { kind: 'embedded', where: '', roundTripMs: 1, facts: {} },
    moves: [],
    slow: [],
    members: [],
    pins: [],
    gateways: [],
    ...over,
  }
}

export function gatewayReport(name: string, over: Partial<GatewayReport> = {}): GatewayReport {
  return {
    version: 1,
    kind: 'gateway',
    name,
    process: about,
    state: 'ready',
    counts: { connections: 4, pushesTotal: 10, requestsHeld: 0 },
    pushSeconds: histogram([0, 0, 0]),
    operations: [],
    slow: [],
    links: [],
    ...over,
  }
}

/** The same report a while later. */
export function later<R extends ShardReport | GatewayReport>(
  report: R,
  ms: number,
  over: Partial<R>,
): R {
  const process = { ...report.process, atMs: report.process.atMs + ms }
  return { ...report, process, ...over }
}
