// What an operator has to know at once. Where all is well there is nothing here: a console that always
// has something to say is not read. Pure.

import type { Alarm, ClusterView, Sample } from './sample.ts'

/** For how long a failover is still news. */
const newsMs = 60_000
/** Entries that a replica may lack in a busy moment. */
const lagMax = 1_000
const loopNoticeMs = 100
const loopBadMs = 250
/** Of all requests, those that failed by the server's fault. */
const failedShareMax = 0.01
const appendNoticeMs = 100

type Facts = Pick<ClusterView, 'atMs' | 'totals' | 'processes' | 'partitions' | 'events' | 'log'>

export function alarmsOf(facts: Facts, sample: Sample): Alarm[] {
  const alarms = [
    ...aboutPartitions(facts, sample),
    ...aboutProcesses(facts),
    ...aboutLog(facts),
    ...aboutRequests(facts),
    ...aboutEvents(facts),
  ]
  return alarms.sort((left, right) => left.level.localeCompare(right.level))
}

export function healthOf(alarms: readonly Alarm[]): ClusterView['health'] {
  if (alarms.some(({ level }) => level === 'bad')) return 'bad'
  return alarms.length > 0 ? 'notice' : 'good'
}

function* aboutPartitions({ partitions, processes }: Facts, { shards }: Sample): Iterable<Alarm> {
  if (shards.length === 0)
    yield bad('No shard tells of itself: nothing is known of the partitions.')
  const unserved = partitions.filter(({ primary }) => primary === undefined)
  if (unserved.length > 0) yield bad(`Nobody serves ${listOf(unserved)}.`)
  const { replicas = 0 } = shards[0] ?? {}
  const liveCount = processes.filter(
    ({ kind, state }) => kind === 'shard' && state === 'ready',
  ).length
  const wanted = Math.min(replicas, liveCount - 1)
  const poor = partitions.filter((one) => one.primary !== undefined && one.replicas.length < wanted)
  if (poor.length > 0) yield notice(`Too few replicas of ${listOf(poor)}.`)
  const late = partitions.filter((one) => one.replicas.some(({ lag }) => lag > lagMax))
  if (late.length > 0)
    yield notice(`Replicas lag more than ${lagMax} entries behind in ${listOf(late)}.`)
}

function* aboutProcesses({ processes }: Facts): Iterable<Alarm> {
  for (const { name, state, problem, lagP99Ms } of processes) {
    if (state === 'silent') yield bad(`${name} is gone${because(problem)}.`)
    else if (state === 'ended') yield notice(`${name} has ended in good order.`)
    else if (state !== 'ready') yield notice(`${name} is ${state}${because(problem)}.`)
    else if (problem !== undefined) yield notice(`${name} is not ready: ${problem}.`)
    if (lagP99Ms >= loopBadMs) yield bad(`The event loop of ${name} is ${lagP99Ms} ms late.`)
    else if (lagP99Ms >= loopNoticeMs)
      yield notice(`The event loop of ${name} is ${lagP99Ms} ms late.`)
  }
}

function* aboutLog({ log }: Facts): Iterable<Alarm> {
  if (log === undefined) return
  if (log.problem !== undefined) yield bad(`The log does not answer: ${log.problem}.`)
  if (log.facts['aof_last_write_status'] === 'err')
    yield bad('Redis cannot write its append-only file.')
  if (Number(log.facts['evicted_keys'] ?? 0) > 0) yield bad('Redis has evicted keys of ours.')
  if (log.appendP99Ms >= appendNoticeMs) {
    yield notice(`Batches take ${log.appendP99Ms} ms to be in the log (99 of 100 take less).`)
  }
}

function* aboutRequests({ totals }: Facts): Iterable<Alarm> {
  const { requestsPerSecond, failedPerSecond, requestsHeld } = totals
  if (failedPerSecond > 0) {
    const text = `${failedPerSecond.toFixed(1)} requests a second fail by our fault.`
    const isBad = failedPerSecond > requestsPerSecond * failedShareMax
    yield isBad ? bad(text) : notice(text)
  }
  if (requestsHeld > 0) yield notice(`${requestsHeld} requests wait for somebody to serve them.`)
}

function* aboutEvents({ events, atMs }: Facts): Iterable<Alarm> {
  for (const event of events) {
    if (event.kind === 'failover' && atMs - event.atMs < newsMs) yield notice(`${event.text}.`)
  }
}

function because(problem: string | undefined): string {
  return problem === undefined ? '' : `: ${problem}`
}

function listOf(partitions: readonly { readonly partition: number }[]): string {
  const [first, ...others] = partitions
  if (others.length === 0) return `partition ${first?.partition}`
  return `${partitions.length} partitions, ${first?.partition} the first`
}

function bad(text: string): Alarm {
  return { level: 'bad', text }
}

function notice(text: string): Alarm {
  return { level: 'notice', text }
}
