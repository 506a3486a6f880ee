// The cluster at a glance: what two looks at all processes say, put together. Pure.
//
// Each process is believed about itself. About those that do not tell, the others are asked: who was a
// member until a moment ago and is not heard of any more. Of two that say they serve a partition, the
// larger epoch counts, as it does for requests.

import type { GatewayReport, MemberReport, ShardReport } from '../../protocol/reports.ts'
import { alarmsOf, healthOf } from './alarms.ts'
import { eventsOf } from './events.ts'
import { operationsOf, requestsOf } from './operations.ts'
import type { Pair } from './rates.ts'
import { added, pairsOf, perSecond, quantileOf, sumOf, toMs } from './rates.ts'
import type {
  ClusterView,
  EventView,
  LogView,
  MemoryView,
  PartitionView,
  ProcessView,
  Sample,
  Totals,
} from './sample.ts'

/** What the console shows of the newest slow requests. */
const slowShownMax = 40

export type Looks = {
  readonly now: Sample
  /** The look before: undefined for the first one. */
  readonly before: Sample | undefined
  /** What this process has seen by itself: gateways that came and went. */
  readonly seen: readonly EventView[]
  /** Gateways that were there and are not, and whether they went in good order. */
  readonly gone: readonly { readonly name: string; readonly inOrder: boolean }[]
}

type Pairs = { readonly shards: Pair<ShardReport>[]; readonly gateways: Pair<GatewayReport>[] }

export function viewOf(looks: Looks): ClusterView {
  const { now, before, seen } = looks
  const pairs = {
    shards: pairsOf(now.shards, before?.shards ?? []),
    gateways: pairsOf(now.gateways, before?.gateways ?? []),
  }
  const events = eventsOf(now, seen)
  const processes = processesOf(looks, pairs)
  const partitions = partitionsOf(now, events)
  const operations = operationsOf(pairs.gateways)
  const log = logOf(pairs.shards)
  const totals = totalsOf(pairs, processes, log)
  const shown = { atMs: now.atMs, totals, processes, partitions, operations, events }
  const facts = { ...shown, ...(log === undefined ? {} : { log }) }
  const alarms = alarmsOf(facts, now)
  const memory = now.shards.map(memoryOf)
  return { ...facts, alarms, health: healthOf(alarms), memory, slow: slowOf(now) }
}

function processesOf({ now, gone }: Looks, { shards, gateways }: Pairs): ProcessView[] {
  const told = new Set(now.shards.map(({ name }) => name))
  const others = membersOf(now).filter(({ name }) => !told.has(name))
  return [
    ...gateways.map((pair) => ({
      ...aboutProcess(pair),
      kind: 'gateway' as const,
      primaries: 0,
      replicas: 0,
      connections: pair.now.counts['connections'] ?? 0,
    })),
    ...gone.map(({ name, inOrder }) => absent(name, 'gateway', inOrder ? 'ended' : 'silent')),
    ...shards.map((pair) => {
      const primaries = pair.now.hosted.filter(([, isServing]) => isServing === 1).length
      return {
        ...aboutProcess(pair),
        kind: 'shard' as const,
        primaries,
        replicas: pair.now.hosted.length - primaries,
        connections: pair.now.counts['subscribers'] ?? 0,
      }
    }),
    ...others.map((member) => absentShard(member, now)),
  ].sort((left, right) => left.kind.localeCompare(right.kind) || byNumber(left.name, right.name))
}

function byNumber(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true })
}

function aboutProcess(pair: Pair<ShardReport> | Pair<GatewayReport>) {
  const { name, state, problem, process: told } = pair.now
  const { machine, pid, residentBytes, heapBytes, lag } = told
  const cpu = perSecond<ShardReport | GatewayReport>(pair, (report) => report.process.cpuMs)
  return {
    name,
    state,
    ...(problem === undefined ? {} : { problem }),
    machine,
    pid,
    upSeconds: Math.max(0, Math.round((told.atMs - told.startedAtMs) / 1000)),
    cpuPercent: Math.round(cpu / 10),
    residentBytes,
    heapBytes,
    lagP99Ms: Math.round(lag.p99Ms * 10) / 10,
    lagMaxMs: Math.round(lag.maxMs * 10) / 10,
  }
}

/** What the shards have heard last of each member; the one that heard it last is believed. */
function membersOf({ shards, silent }: Sample): MemberReport[] {
  const members = new Map<string, MemberReport>()
  for (const member of shards.flatMap((shard) => shard.members)) {
    const known = members.get(member.name)
    if (known === undefined || member.silentMs < known.silentMs) members.set(member.name, member)
  }
  for (const { name } of silent) {
    if (members.has(name)) continue
    const unheard = { isLive: false, silentMs: 0, hosted: [], serving: [] }
    members.set(name, { name, state: 'ready', ...unheard })
  }
  return [...members.values()]
}

function absentShard(member: MemberReport, { silent }: Sample): ProcessView {
  const { name, state, isLive, silentMs } = member
  // It recovers: it is there, and has not begun to speak with gateways.
  if (isLive && state === 'joining') return absent(name, 'shard', 'joining', 'it recovers')
  if (!isLive && state === 'leaving') return absent(name, 'shard', 'ended')
  if (!isLive) {
    const heard = `not heard of for ${(silentMs / 1000).toFixed(1)} s`
    return absent(name, 'shard', 'silent', heard)
  }
  const why = silent.find((one) => one.name === name)?.why ?? 'it does not tell'
  return absent(name, 'shard', 'silent', `the others hear of it, this gateway does not: ${why}`)
}

function absent(
  name: string,
  kind: ProcessView['kind'],
  state: ProcessView['state'],
  problem?: string,
): ProcessView {
  const nothing = { pid: 0, upSeconds: 0, cpuPercent: 0, residentBytes: 0, heapBytes: 0 }
  const none = { lagP99Ms: 0, lagMaxMs: 0, primaries: 0, replicas: 0, connections: 0 }
  const why = problem === undefined ? {} : { problem }
  return { name, kind, state, ...why, machine: '', ...nothing, ...none }
}

function partitionsOf({ shards }: Sample, events: readonly EventView[]): PartitionView[] {
  const count = shards[0]?.partitionCount ?? 0
  const changes = new Map<number, number>()
  for (const { partitions, atMs } of events) {
    for (const partition of partitions) {
      changes.set(partition, Math.max(atMs, changes.get(partition) ?? 0))
    }
  }
  const hosts = shards.flatMap(({ name, hosted }) => hosted.map((one) => ({ name, one })))
  return Array.from({ length: count }, (_, partition) => {
    const here = hosts.filter(({ one }) => one[0] === partition)
    const serving = here
      .filter(({ one }) => one[1] === 1)
      .sort((left, right) => right.one[2] - left.one[2])[0]
    const pin = shards.flatMap(({ pins }) => pins).find((one) => one.partition === partition)
    const changedAtMs = changes.get(partition)
    return {
      partition,
      ...(serving === undefined ? {} : { primary: serving.name }),
      epoch: Math.max(0, ...here.map(({ one }) => one[2])),
      replicas: here
        .filter((host) => host !== serving)
        .map(({ name, one }) => ({ name, lag: behind(one, serving?.one) })),
      ...(pin === undefined || pin.to === '' ? {} : { pinnedTo: pin.to }),
      ...(changedAtMs === undefined ? {} : { changedAtMs }),
    }
  })
}

type Hosted = ShardReport['hosted'][number]

/** Entries that a replica lacks: by its own word, or by that of its primary where it has a newer one. */
function behind(replica: Hosted, primary: Hosted | undefined): number {
  const isSameEpoch = primary !== undefined && primary[2] === replica[2]
  return isSameEpoch ? Math.max(0, primary[3] - replica[3]) : replica[4]
}

function logOf(pairs: readonly Pair<ShardReport>[]): LogView | undefined {
  const [first] = pairs
  if (first === undefined) return undefined
  const troubled = pairs.find(({ now }) => now.log.problem !== undefined)
  const { log } = (troubled ?? first).now
  const known = pairs.filter(({ before }) => before !== undefined)
  const lately = sumOf(known.map((pair) => appendsOf(pair)))
  const rates = pairs.map((pair) =>
    perSecond(pair, (report) => report.appendSeconds.counts.at(-1) ?? 0),
  )
  return {
    ...log,
    appendsPerSecond: rates.reduce((sum, rate) => sum + rate, 0),
    appendP50Ms: toMs(quantileOf(lately, 0.5)),
    appendP99Ms: toMs(quantileOf(lately, 0.99)),
  }
}

function appendsOf({ now, before }: Pair<ShardReport>) {
  return added(now.appendSeconds, before?.appendSeconds)
}

function totalsOf(
  { shards, gateways }: Pairs,
  processes: readonly ProcessView[],
  log: LogView | undefined,
): Totals {
  const requests = requestsOf(gateways)
  const known = gateways.filter(({ before }) => before !== undefined)
  const pushes = sumOf(known.map(({ now, before }) => added(now.pushSeconds, before?.pushSeconds)))
  const now = (name: string) => shards.map((pair) => pair.now.counts[name] ?? 0)
  const edge = (name: string) => sum(gateways.map((pair) => pair.now.counts[name] ?? 0))
  return {
    ...requests,
    connections: edge('connections'),
    pushesPerSecond: sum(gateways.map((pair) => perSecond(pair, total('pushesTotal')))),
    pushP99Ms: toMs(quantileOf(pushes, 0.99)),
    deliveriesPerSecond: sum(
      shards.map(
        (pair) =>
          perSecond(pair, total('deliveriesInlineTotal')) +
          perSecond(pair, total('deliveriesWorkerTotal')),
      ),
    ),
    fanOutWaiting: sum(now('fanOutWaiting')),
    requestsHeld: edge('requestsHeld'),
    lagMaxMs: Math.max(0, ...processes.map(({ lagMaxMs }) => lagMaxMs)),
    // Every shard knows all users and tweets; of an edge, the hosts of both ends.
    users: Math.max(0, ...now('users')),
    tweets: Math.max(0, ...now('tweets')),
    followEdges: sum(now('followEdges')),
    residentBytes: sum(processes.map(({ residentBytes }) => residentBytes)),
    appendP99Ms: log?.appendP99Ms ?? 0,
  }
}

function total(name: string) {
  return ({ counts }: { readonly counts: Readonly<Record<string, number>> }) => counts[name] ?? 0
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}

function memoryOf({ name, process: told, memoryBytes }: ShardReport): MemoryView {
  // A shard of the release before does not tell of its accounts.
  const { graph, rings, bodies, accounts = 0, index } = memoryBytes
  const heap = told.heapBytes
  const named = sum([graph, rings, bodies, accounts, index, heap])
  const other = Math.max(0, told.residentBytes - named)
  return { name, graph, rings, bodies, accounts, index, heap, other }
}

function slowOf({ shards, gateways }: Sample): ClusterView['slow'] {
  return [...shards, ...gateways]
    .flatMap(({ name, slow }) => slow.map((one) => ({ ...one, process: name })))
    .sort((left, right) => right.atMs - left.atMs)
    .slice(0, slowShownMax)
}
