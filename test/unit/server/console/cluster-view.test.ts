import { describe, expect, test } from 'vitest'
import type { MemberReport, MoveReport, ShardReport } from '../../../../protocol/reports.ts'
import type { Looks } from '../../../../server/console/cluster-view.ts'
import { viewOf } from '../../../../server/console/cluster-view.ts'
import type { Sample } from '../../../../server/console/sample.ts'
import { gatewayReport, histogram, later, shardReport } from './reports.ts'

const member = (name: string, over: Partial<MemberReport> = {}): MemberReport => ({
  name,
  state: 'ready',
  isLive: true,
  silentMs: 10,
  hosted: [0, 1],
  serving: [],
  ...over,
})
const both = [member('shard-0'), member('shard-1')]
const well: readonly ShardReport[] = [
  shardReport('shard-0', {
    members: both,
    hosted: [
      [0, 1, 2, 9, 0],
      [1, 0, 1, 4, 0],
    ],
  }),
  shardReport('shard-1', {
    members: both,
    hosted: [
      [1, 1, 1, 4, 0],
      [0, 0, 2, 7, 0],
    ],
  }),
]
const gateway = gatewayReport('gateway-0')

function look(over: Partial<Sample> = {}, others: Partial<Looks> = {}) {
  const now = { atMs: 100_000, shards: well, gateways: [gateway], silent: [], ...over }
  return viewOf({ now, before: undefined, seen: [], gone: [], ...others })
}

function moved(over: Partial<MoveReport>): MoveReport {
  return { atMs: 99_000, partition: 0, what: 'taken over', tookMs: 5, ...over }
}

describe('a cluster that is well', () => {
  test('is plain: nothing to say', () => {
    const view = look()
    expect(view).toMatchObject({ health: 'good', alarms: [], events: [], slow: [] })
    expect(view.processes.map(({ name, state }) => [name, state])).toEqual([
      ['gateway-0', 'ready'],
      ['shard-0', 'ready'],
      ['shard-1', 'ready'],
    ])
  })

  test('shows each partition by primary, epoch and what replicas lack', () => {
    expect(look().partitions).toEqual([
      { partition: 0, primary: 'shard-0', epoch: 2, replicas: [{ name: 'shard-1', lag: 2 }] },
      { partition: 1, primary: 'shard-1', epoch: 1, replicas: [{ name: 'shard-0', lag: 0 }] },
    ])
  })

  test('counts what has been answered since the look before, and whose fault a failure is', () => {
    const operation = { name: 'tweet.post', ok: 10, failed: {}, seconds: histogram([10, 10, 10]) }
    const before = { ...gateway, operations: [operation] }
    const failed = { unavailable: 2, bad_request: 8 }
    const seconds = histogram([10, 30, 30])
    const now = later(before, 2_000, { operations: [{ ...operation, ok: 20, failed, seconds }] })
    const sample = { atMs: 98_000, shards: well, gateways: [before], silent: [] }
    const view = look({ gateways: [now] }, { before: sample })
    expect(view.operations).toMatchObject([
      { name: 'tweet.post', perSecond: 10, failedPerSecond: 1, total: 30, p50Ms: 5.5 },
    ])
    expect(view.totals).toMatchObject({ requestsPerSecond: 10, failedPerSecond: 1 })
    expect(view.alarms).toEqual([
      { level: 'bad', text: '1.0 requests a second fail by our fault.' },
    ])
  })
})

describe('what is not well is loud', () => {
  test('a partition that nobody serves', () => {
    const view = look({ shards: [{ ...well[0]!, hosted: [[0, 0, 2, 9, 0]] }, well[1]!] })
    expect(view.partitions[0]).not.toHaveProperty('primary')
    expect(view.health).toBe('bad')
    expect(view.alarms[0]).toEqual({ level: 'bad', text: 'Nobody serves partition 0.' })
  })

  test('a shard that died, by the word of those that live', () => {
    const dead = member('shard-1', { isLive: false, silentMs: 1_500, serving: [1] })
    const shards = [{ ...well[0]!, members: [both[0]!, dead] }]
    const view = look({ shards, silent: [{ name: 'shard-1', why: 'the link has broken' }] })
    expect(view.processes.at(-1)).toMatchObject({ name: 'shard-1', state: 'silent' })
    expect(view.alarms).toContainEqual({
      level: 'bad',
      text: 'shard-1 is gone: not heard of for 1.5 s.',
    })
  })

  test('but not one that has ended in good order, or that recovers', () => {
    const ended = member('shard-1', { isLive: false, state: 'leaving' })
    const joining = member('shard-2', { state: 'joining' })
    const view = look({ shards: [{ ...well[0]!, members: [both[0]!, ended, joining] }] })
    expect(view.processes.slice(-2).map(({ state }) => state)).toEqual(['ended', 'joining'])
  })

  test('a gateway that went, and the log that does not answer', () => {
    const log = { kind: 'redis', where: 'redis:1', problem: 'no answer', facts: {} } as const
    const gone = [{ name: 'gateway-1', inOrder: false }]
    const view = look({ shards: [{ ...well[0]!, log }, well[1]!] }, { gone })
    const bad = view.alarms.filter(({ level }) => level === 'bad').map(({ text }) => text)
    expect(bad).toEqual(['gateway-1 is gone.', 'The log does not answer: no answer.'])
  })

  test('that nothing is known at all', () => {
    expect(look({ shards: [] }).health).toBe('bad')
  })
})

describe('what has happened', () => {
  test('the death of a shard is one event, with its cause, and news for a minute', () => {
    const lost = { from: 'shard-1', cause: 'shard-1 died' }
    const moves = [moved(lost), moved({ ...lost, partition: 1, atMs: 99_400, tookMs: 30 })]
    const view = look({ shards: [{ ...well[0]!, moves }, well[1]!] })
    expect(view.events).toMatchObject([
      { kind: 'failover', from: 'shard-1', to: 'shard-0', partitions: [0, 1], tookMs: 30 },
    ])
    expect(view.events[0]!.text).toBe(
      'Failover: shard-0 took 2 partitions of shard-1; shard-1 died',
    )
    expect(view.health).toBe('notice')
    expect(view.partitions[1]!.changedAtMs).toBe(99_400)
    expect(look({ atMs: 170_000, shards: [{ ...well[0]!, moves }, well[1]!] }).health).toBe('good')
  })

  test('a planned move is told once, though both sides know of it', () => {
    const given = shardReport('shard-1', { moves: [moved({ what: 'handed over', to: 'shard-0' })] })
    const view = look({ shards: [{ ...well[0]!, moves: [moved({})] }, given] })
    expect(view.events.map(({ text }) => text)).toEqual([
      'partition 0 moved from shard-1 to shard-0',
    ])
  })

  test('what lies apart in time is not one event', () => {
    const lost = { from: 'shard-1', cause: 'shard-1 died' }
    const moves = [moved(lost), moved({ ...lost, atMs: 20_000 })]
    expect(look({ shards: [{ ...well[0]!, moves }] }).events).toHaveLength(2)
  })
})
