// Redis is away, or full, or read-only: reads and live sockets go on from memory, writes are told to come
// later within a second, nothing says that it is ready, and all of it recovers by itself (I1, I9).

import { expect, test } from 'vitest'
import { clusterSettings } from '../../server/supervisor/cluster-settings.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'
import type { Person } from '../helpers/people.ts'
import { follow, home, http, post, signUp } from '../helpers/people.ts'
import type { RedisServer } from '../helpers/redis-server.ts'
import { startRedis } from '../helpers/redis-server.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'

/** What the promise says, and what a machine that does much else may take on top. */
const answeredWithinMs = 1_000 + 500
const noticedWithinMs = 5_000
const backWithinMs = 10_000
const partitionCount = clusterSettings.partitions.default
const nothingServed = `nobody serves partition 0 and ${partitionCount - 1} others`

type World = {
  readonly cluster: RunningCluster
  readonly author: Person
  readonly reader: Person
  readonly socket: TestClient
}

async function world(cluster: RunningCluster): Promise<World> {
  const author = await signUp(cluster, 'shard-0')
  const reader = await signUp(cluster, 'shard-1')
  await follow(cluster, reader, author)
  await post(cluster, author, 'before')
  await eventually(async () => (await home(cluster, reader)).tweets.length === 1, {
    withinMs: noticedWithinMs,
  })
  const socket = await TestClient.open(cluster.liveUrl, { token: reader.token })
  await socket.request('live.subscribe', { channel: 'home' })
  return { cluster, author, reader, socket }
}

/** Whether every shard has noticed: one of them may be some 100 ms ahead of the others. */
async function isNothingServed({ url }: RunningCluster): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`)
  return answer.status === 503 && (await answer.text()).trim() === nothingServed
}

/** A write in flight may end as unknown; every one after it is refused in good time. */
async function expectOnlyReads({ cluster, author, reader, socket }: World): Promise<void> {
  await eventually(() => isNothingServed(cluster), { withinMs: noticedWithinMs })
  for (const key of ['one', 'two', 'three']) {
    const startedAtMs = performance.now()
    const write = await tryToPost(cluster, author, `away ${key}`)
    expect(write.status).toBe(503)
    expect(write.body).toMatchObject({ code: 'unavailable', retry: 'later' })
    inTime('refusing a write without Redis', performance.now() - startedAtMs, answeredWithinMs)
    expect((await home(cluster, reader)).tweets).toHaveLength(1)
  }
  const [, page, error] = await socket.request('timeline.home', {})
  expect(error).toBeUndefined()
  expect(page).toMatchObject({ tweets: [{ text: 'before' }] })
}

function tryToPost(cluster: RunningCluster, author: Person, text: string) {
  return http(cluster, {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text },
    headers: { 'idempotency-key': text.replaceAll(' ', '-') },
  })
}

/** What was refused was not carried out; what is written now arrives on the socket that stayed open. */
async function expectRecovery({ cluster, author, reader, socket }: World): Promise<void> {
  await eventually(async () => (await tryToPost(cluster, author, 'after')).status === 201, {
    withinMs: backWithinMs,
  })
  await cluster.untilReady()
  const texts = async () => (await home(cluster, reader)).tweets.map(({ text }) => text)
  await eventually(async () => (await texts()).includes('after'), { withinMs: backWithinMs })
  expect(await texts()).toEqual(['after', 'before'])
  const isPushed = () => socket.answers().some(([, name]) => name === 'timeline.tweet')
  await eventually(isPushed, { withinMs: backWithinMs })
}

const waysToBeAway: Record<
  string,
  { leave(redis: RedisServer): Promise<unknown>; comeBack(redis: RedisServer): Promise<unknown> }
> = {
  killed: { leave: (redis) => redis.kill(), comeBack: (redis) => redis.restart() },
  stopped: {
    leave: async (redis) => redis.signal('SIGSTOP'),
    comeBack: async (redis) => redis.signal('SIGCONT'),
  },
  full: {
    leave: (redis) => redis.command('config', 'set', 'maxmemory', '1'),
    comeBack: (redis) => redis.command('config', 'set', 'maxmemory', '0'),
  },
  'a read-only replica': {
    leave: (redis) => redis.command('replicaof', '127.0.0.1', '1'),
    comeBack: (redis) => redis.command('replicaof', 'no', 'one'),
  },
}

test.each(Object.keys(waysToBeAway))('Redis is %s', async (way) => {
  await using redis = await startRedis()
  await using cluster = await runningCluster({ env: { ROOKERY_REDIS_URL: redis.url } })
  const seen = await world(cluster)
  const { leave, comeBack } = waysToBeAway[way]!
  await leave(redis)
  await expectOnlyReads(seen)
  await comeBack(redis)
  await expectRecovery(seen)
})
