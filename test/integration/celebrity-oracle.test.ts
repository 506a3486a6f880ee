// The oracle and a celebrity: with 25,000 followers, and threads that die while they deliver, everybody reads what was
// acknowledged, and nothing else (I2, I3, I4, I5).

import { expect, test } from 'vitest'
import { seedCelebrity } from '../../loadtest/import/celebrity-seeder.ts'
import { makeReport } from '../../loadtest/report/report.ts'
import { noDifferences } from '../../loadtest/verify/compare.ts'
import { verifyWorld } from '../../loadtest/verify/verifier.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'
import { threadEndsIn } from '../helpers/thread-ends.ts'

const token = 'the token of the operators'
const endingThreads = new URL('../helpers/ending-threads.ts', import.meta.url)
/** Those who have a timeline when the first tweet comes; the other followers are only passed by. */
const readers = 800
const shards = ['shard-0', 'shard-1']

const totals = {
  posts: 180,
  favorites: 100,
  unfavorites: 10,
  deletes: 20,
  unfollows: 200,
  refollows: 80,
  repeats: 40,
}

test('I2, I3, I4, I5: timelines are as the oracle says, while fan-out threads are killed', async () => {
  await using cluster = await runningCluster({
    env: {
      ROOKERY_OPERATOR_TOKEN: token,
      // Each of two shards has about half of the followers.
      ROOKERY_FANOUT_FOLLOWERS: '5000',
      NODE_OPTIONS: `--import ${endingThreads.href}`,
    },
  })
  const url = cluster.liveUrl
  const lines: string[] = []
  const { world, failed, onlookers } = await seedCelebrity({
    url,
    operator: { url: `http://127.0.0.1:${cluster.portsOf('gateway-0').adminPort}`, token },
    seed: 'oracle',
    prefix: 'o',
    followers: 25_000,
    readers,
    celebrityShare: 0.6,
    zipfExponent: 1,
    totals: () => totals,
    sockets: 32,
    inFlight: 16,
    sink: { add: () => undefined },
    report: makeReport({ isTerminal: false, print: (line) => lines.push(line) }),
  })
  expect(Object.fromEntries(failed)).toEqual({})
  expect(onlookers.pagesRead).toBeGreaterThan(0)
  expect(onlookers.examples).toEqual([])

  const found = await verifyWorld({ world, url, sockets: 16, onUser: () => undefined })
  expect(found.examples).toEqual([])
  expect(found.wrong).toEqual(noDifferences)
  expect(found.users).toBeGreaterThan(readers)
  expect(found.tweetsRead).toBeGreaterThan(readers * totals.posts * 0.5)

  for (const shard of shards) expect(await deliveredByThreads(cluster, shard)).toBeGreaterThan(0)
  const { ended, tasksLost, ringsServedBefore } = threadEndsIn(cluster.output)
  expect(ended).toBeGreaterThan(5)
  expect(tasksLost).toBeGreaterThan(5)
  // Some died half-way: what they had done already was neither lost nor done twice.
  expect(ringsServedBefore).toBeGreaterThan(0)
})

async function deliveredByThreads(cluster: RunningCluster, shard: string): Promise<number> {
  const { adminPort } = cluster.portsOf(shard)
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  return Number(/^rookery_fanout_deliveries_total\{path="worker"\} (\d+)/m.exec(metrics)?.[1])
}
