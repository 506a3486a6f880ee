// What operators see: every metric of docs/metrics.md is shown by real processes, and says what has happened.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import type { Person } from '../helpers/people.ts'
import { follow, home, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { Scrape } from '../helpers/scrape.ts'

const cluster = sharedCluster()
const processes = ['gateway-0', 'shard-0', 'shard-1'] as const
const partitionCount = 64

type Listed = { readonly name: string; readonly type: string; readonly labels: readonly string[] }

/** The metrics of docs/metrics.md that a process of this kind has to show. */
function listed(process: string): Listed[] {
  const kind = process.startsWith('gateway') ? 'Gateways' : 'Shards'
  const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const sections = text.split(/^## /m).filter((part) => part.startsWith(kind) || /^Both/.test(part))
  const rows = sections.join('').matchAll(/^\| `(rookery_\w+)(?:\{([\w,]+)\})?` +\| (\w+) +\|/gm)
  return [...rows].map(([, name = '', labels = '', type = '']) => ({
    name,
    type,
    labels: labels.split(',').filter((label) => label !== ''),
  }))
}

/** The same, as the process shows it. */
function shown({ families }: Scrape): Listed[] {
  return [...families].flatMap(([name, { type, samples }]) => {
    const labels = Object.keys(samples[0]?.labels ?? {})
    return name.startsWith('rookery_') ? [{ name, type, labels }] : []
  })
}

const byName = (left: Listed, right: Listed) => left.name.localeCompare(right.name)

test.each(processes)('%s shows the metrics that are listed, and no others', async (process) => {
  await cluster().untilReady()
  // What is told by partition is there once the shards have heard of each other.
  await eventually(
    async () => {
      const found = shown(await scrape(process))
      return JSON.stringify(found.sort(byName)) === JSON.stringify(listed(process).sort(byName))
    },
    {
      withinMs: 10_000,
      elseDump: async () => differences(shown(await scrape(process)), listed(process)),
    },
  )
  expect(listed(process).length).toBeGreaterThan(10)
})

function differences(found: readonly Listed[], wanted: readonly Listed[]): unknown {
  const [here, there] = [found, wanted].map((list) => list.map((one) => JSON.stringify(one)))
  return {
    shownOnly: here?.filter((one) => !there?.includes(one)),
    listedOnly: there?.filter((one) => !here?.includes(one)),
  }
}

test('what has happened is counted, once, where it has happened', async () => {
  const author = await signUp(cluster(), 'shard-0', 'a')
  const reader = await signUp(cluster(), 'shard-1', 'r')
  await follow(cluster(), reader, author)
  await home(cluster(), reader)
  const first = await subscribe(reader)
  await post(cluster(), author, 'one')
  await post(cluster(), author, 'two')
  await eventually(() => tweetPushes(first.client) === 2, { withinMs: 10_000 })
  first.client.close()
  await eventually(async () => (await scrape('gateway-0')).value(gateway('connections')) === 0, {
    withinMs: 10_000,
  })
  // The shard of the reader knows that nobody listens, and then has the tweet, before they come back.
  const listening = async () => (await scrape('shard-1')).value('rookery_shard_subscribers')
  await eventually(async () => (await listening()) === 0, { withinMs: 10_000 })
  await post(cluster(), author, 'missed')
  await eventually(async () => (await home(cluster(), reader)).tweets.length === 3, {
    withinMs: 10_000,
  })
  const resumed = await subscribe(reader, first.stream.position)
  expect(resumed.stream.recovered).toBe(true)
  const lost = await subscribe(reader, 'elsewhere:17')
  expect(lost.stream.recovered).toBe(false)
  await expectGatewayCounts()
  await eventually(() => expectShardCounts().then(() => true), { withinMs: 10_000 })
  resumed.client.close()
  lost.client.close()
})

/** A stream that got two of three tweets, was resumed, and could not be resumed by another position. */
async function expectGatewayCounts(): Promise<void> {
  const seen = await scrape('gateway-0')
  expect(seen.value('rookery_resume_total', { recovered: 'true' })).toBe(1)
  expect(seen.value('rookery_resume_total', { recovered: 'false' })).toBe(1)
  expect(seen.value(gateway('connections'))).toBe(2)
  expect(seen.value(gateway('connections_closed_total'))).toBe(1)
  expect(seen.value(gateway('slow_consumers_total'))).toBe(0)
  expect(seen.value(gateway('pushes_total'))).toBe(2)
  expect(seen.value('rookery_push_latency_seconds')).toBe(2)
  const posted = { operation: 'tweet.post' }
  expect(seen.value('rookery_requests_total', { ...posted, outcome: 'ok' })).toBe(3)
  expect(seen.value('rookery_requests_total', posted)).toBe(3)
  expect(seen.value('rookery_request_duration_seconds', posted)).toBe(3)
}

/** Two users, of whom one on shard-1 follows the other one on shard-0, and three tweets. */
async function expectShardCounts(): Promise<void> {
  for (const name of ['shard-0', 'shard-1']) {
    const seen = await scrape(name)
    expect(seen.value('rookery_shard_users')).toBe(2)
    expect(seen.value('rookery_shard_tweets')).toBe(3)
    expect(seen.value('rookery_shard_follow_edges')).toBe(1)
    expect(seen.samples('rookery_event_loop_lag_seconds')).toHaveLength(4)
  }
  const readers = await scrape('shard-1')
  expect(readers.value('rookery_shard_timeline_bytes')).toBeGreaterThan(0)
  expect(readers.value('rookery_shard_subscribers')).toBe(2)
  expect(readers.value('rookery_shard_pushes_total')).toBe(2)
  expect(readers.value('rookery_fanout_deliveries_total', { path: 'inline' })).toBe(3)
  expect(readers.value('rookery_fanout_deliveries_total', { path: 'worker' })).toBe(0)
  expect(readers.value('rookery_fanout_duration_seconds', { path: 'inline' })).toBe(3)
  // A machine that stands still for longer than a lease lasts has had failovers: each began another epoch.
  const failovers = await onShards('rookery_failovers_total')
  const epochs = await onShards('rookery_partition_epoch')
  expect(failovers).toBeLessThanOrEqual(epochs - partitionCount)
  // Two sign-ups, a follow, three tweets.
  expect(await onShards('rookery_log_entries_total', { outcome: 'appended' })).toBe(6)
  expect(await onShards('rookery_log_append_duration_seconds')).toBeLessThanOrEqual(6)
  expect(await onShards('rookery_log_append_duration_seconds')).toBeGreaterThan(0)
}

test('each partition has one shard that serves it, and nobody lags behind', async () => {
  const shards = await Promise.all([scrape('shard-0'), scrape('shard-1')])
  const served = shards.flatMap((one) => one.samples('rookery_partition_epoch'))
  const partitions = served.map(({ labels }) => Number(labels['partition']))
  expect(partitions.sort((left, right) => left - right)).toEqual(
    Array.from({ length: partitionCount }, (_, partition) => partition),
  )
  expect(served.every(({ value }) => value >= 1)).toBe(true)
  await eventually(async () => (await onShards('rookery_log_lag_entries')) === 0, {
    withinMs: 10_000,
  })
})

async function subscribe(reader: Person, position?: string) {
  const client = await TestClient.open(cluster().liveUrl, { token: reader.token })
  const params = { channel: 'home', ...(position === undefined ? {} : { position }) }
  const [, stream] = await client.request('live.subscribe', params)
  return { client, stream: stream as { position: string; recovered: boolean } }
}

function tweetPushes(client: TestClient): number {
  return client.answers().filter(([id, name]) => id === 0 && name === 'timeline.tweet').length
}

function scrape(process: string): Promise<Scrape> {
  return Scrape.of(cluster().portsOf(process).adminPort)
}

/** The sum over both shards. */
async function onShards(name: string, labels: Record<string, string> = {}): Promise<number> {
  const scrapes = await Promise.all([scrape('shard-0'), scrape('shard-1')])
  return scrapes.reduce((sum, one) => sum + one.value(name, labels), 0)
}

function gateway(name: string): string {
  return `rookery_gateway_${name}`
}
