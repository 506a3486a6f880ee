// Tweets that do not fit into the memory for their bodies, through the whole server: every page is right,
// before and after all shards were killed, and the memory stays within its budget (I1).

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import type { Person } from '../helpers/people.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'

const budgetBytes = 65_536
const tweetCount = 2_000
const postedAtOnce = 10
/** Tweets of which a home timeline knows. */
const timelineLength = 800
const shards = ['shard-0', 'shard-1']

type Page = { readonly tweets: readonly { readonly text: string }[]; readonly olderCursor?: string }

const textOf = (number: number): string =>
  `tweet ${number} ${'and so on, '.repeat(number % 12)}`.trim()

/** The texts of a timeline, page by page, newest first. */
async function textsOf(cluster: RunningCluster, path: string, reader: Person): Promise<string[]> {
  const texts: string[] = []
  for (let cursor = ''; ; ) {
    const answer = await http(cluster, { path: `${path}?limit=100${cursor}`, token: reader.token })
    if (answer.status !== 200) throw new Error(`${path} cannot be read: ${answer.text}`)
    const page = answer.body as Page
    texts.push(...page.tweets.map(({ text }) => text))
    if (page.olderCursor === undefined) return texts
    cursor = `&before=${page.olderCursor}`
  }
}

/** The value of a metric of a shard. */
async function metricOf(cluster: RunningCluster, shard: string, name: string): Promise<number> {
  const { adminPort } = cluster.portsOf(shard)
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  if (line === undefined) throw new Error(`${shard} does not show ${name}`)
  return Number(line.slice(name.length))
}

async function expectBudgetsKept(cluster: RunningCluster): Promise<void> {
  for (const shard of shards) {
    const bytes = await metricOf(cluster, shard, 'rookery_shard_body_bytes')
    expect(bytes).toBeGreaterThan(budgetBytes / 2)
    expect(bytes).toBeLessThanOrEqual(budgetBytes)
    expect(await metricOf(cluster, shard, 'rookery_shard_cold_bodies')).toBeGreaterThan(1_000)
    expect(await metricOf(cluster, shard, 'rookery_cold_reads_total')).toBeGreaterThan(1_000)
    expect(existsSync(join(cluster.directory, 'bodies', shard, 'data.mdb'))).toBe(true)
  }
}

test('a shard with little memory for tweets serves all of them, also after it was killed', async () => {
  await using cluster = await runningCluster({
    env: { ROOKERY_TWEET_CACHE_BYTES: String(budgetBytes) },
  })
  const author = await signUp(cluster, 'shard-0')
  const reader = await signUp(cluster, 'shard-1')
  await follow(cluster, reader, author)
  const posted = new Map<string, string>()
  for (let from = 0; from < tweetCount; from += postedAtOnce) {
    const numbers = Array.from({ length: postedAtOnce }, (_, place) => from + place)
    const ids = await Promise.all(numbers.map((number) => post(cluster, author, textOf(number))))
    for (const [place, id] of ids.entries()) posted.set(id, textOf(from + place))
  }
  // Ids of one time have one length, so that their order is that of their digits.
  const newestFirst = [...posted].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, text]) => text)
  const expectAll = async () => {
    const path = `/v1/users/${author.id}/tweets`
    expect(await textsOf(cluster, path, author)).toEqual(newestFirst)
    // The shard of the reader hears of the newest tweet, and of one that is deleted, a moment later.
    const home = newestFirst.slice(0, timelineLength)
    await eventually(
      async () => {
        expect(await textsOf(cluster, path, reader)).toEqual(newestFirst)
        expect(await textsOf(cluster, '/v1/timelines/home', reader)).toEqual(home)
        return true
      },
      { withinMs: 10_000 },
    )
    await expectBudgetsKept(cluster)
  }
  await expectAll()

  const killed = shards.map((shard) => cluster.signal(shard, 'SIGKILL'))
  await eventually(() => shards.every((shard) => !killed.includes(cluster.pidOf(shard))), {
    withinMs: 30_000,
  })
  await cluster.untilReady()
  const deleted = [...posted].find(([, text]) => text === textOf(5))!
  const path = `/v1/tweets/${deleted[0]}`
  expect((await http(cluster, { method: 'DELETE', path, token: author.token })).status).toBe(200)
  newestFirst.splice(newestFirst.indexOf(deleted[1]), 1)
  await expectAll()

  await cluster.stop()
  expect(shards.map((shard) => existsSync(join(cluster.directory, 'bodies', shard)))).toEqual([
    false,
    false,
  ])
})
