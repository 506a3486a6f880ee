// A shard that is away: dead and not started again, or stopped in the middle of its work. Its users are
// told what to do, at once or by the deadline, until the other shard serves them; its own users notice nothing (I9).

import { expect, test } from 'vitest'
import { requestTimeoutMs } from '../../protocol/limits.ts'
import { isStopped } from '../helpers/cluster-processes.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'
import type { Person } from '../helpers/people.ts'
import { follow, home, http, post, signUp } from '../helpers/people.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'

/** At once, on a machine that does much else. */
const atOnceMs = 1_000
/** A look at the deadlines every 100 ms, and a busy machine. */
const deadlineSlackMs = 3_000

type World = {
  readonly cluster: RunningCluster
  /** Lives on the shard that stays. */
  readonly here: Person
  /** Lives on the shard that goes away. */
  readonly there: Person
  readonly hereSocket: TestClient
  readonly thereSocket: TestClient
}

async function world(cluster: RunningCluster): Promise<World> {
  const here = await signUp(cluster, 'shard-0', 'here')
  const there = await signUp(cluster, 'shard-1', 'there')
  await follow(cluster, here, there)
  await follow(cluster, there, here)
  const hereSocket = await TestClient.open(cluster.liveUrl, { token: here.token })
  const thereSocket = await TestClient.open(cluster.liveUrl, { token: there.token })
  return { cluster, here, there, hereSocket, thereSocket }
}

type Timed = { readonly value: readonly unknown[]; readonly tookMs: number }

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startedAtMs = performance.now()
  const value = await work()
  return { value, tookMs: performance.now() - startedAtMs }
}

/** Reads and writes of somebody whose shard is there, about somebody whose shard is not. */
async function expectUnaffected({ cluster, here, there, hereSocket }: World): Promise<void> {
  const { tookMs } = await timed(async () => {
    const tweetId = await post(cluster, here, 'business as usual')
    expect((await home(cluster, here)).tweets.map(({ id }) => id)).toContain(tweetId)
    const user = await http(cluster, { path: `/v1/users/@${there.handle}`, token: here.token })
    expect(user.status).toBe(200)
    await follow(cluster, here, there)
    const [, page, error] = await hereSocket.request('timeline.user', { userId: Number(there.id) })
    expect(error).toBeUndefined()
    expect(page).toHaveProperty('tweets')
  })
  inTime('the work of somebody whose shard is there', tookMs, atOnceMs * 2)
}

async function expectAway(
  { cluster, there, thereSocket }: World,
  request: [operation: string, params: unknown],
): Promise<void> {
  const { value, tookMs } = await timed(() => thereSocket.request(...request))
  expect(value.slice(1)).toMatchObject([null, { code: 'unavailable', retry: 'later' }])
  expect((value[2] as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0)
  inTime('saying that a shard is away', tookMs, atOnceMs)
  const overHttp = await http(cluster, { path: '/v1/timelines/home', token: there.token })
  expect(overHttp.status).toBe(503)
  expect(overHttp.body).toMatchObject({ code: 'unavailable', retry: 'later' })
  expect(Number(overHttp.headers.get('retry-after'))).toBeGreaterThan(0)
}

const isReady = async ({ url }: RunningCluster) => (await fetch(`${url}/readyz`)).status

test('a dead shard is `unavailable` at once, the others go on, and nothing is ready (I9)', async () => {
  await using cluster = await runningCluster()
  const seen = await world(cluster)
  const supervisor = cluster.signal('supervisor', 'SIGSTOP')
  await eventually(() => isStopped(supervisor), { withinMs: 5_000 })
  cluster.signal('shard-1', 'SIGKILL')
  await eventually(async () => (await isReady(cluster)) === 503, { withinMs: 10_000 })
  expect(cluster.processes().map(({ name }) => name)).not.toContain('shard-1')
  await expectAway(seen, ['tweet.post', { text: 'nobody hears this' }])
  await expectAway(seen, ['timeline.home', {}])
  await expectUnaffected(seen)
  expect(await isReady(cluster)).toBe(503)

  process.kill(supervisor, 'SIGCONT')
  await cluster.untilReady()
  await post(cluster, seen.there, 'back again')
  await expectUnaffected(seen)
  for (const { closed } of [seen.hereSocket, seen.thereSocket]) expect(closed).toBeUndefined()
})

test('a stopped shard is `timeout`; the others go on, and serve its users after a while; it comes back by itself (I9)', async () => {
  await using cluster = await runningCluster()
  const seen = await world(cluster)
  const stopped = cluster.signal('shard-1', 'SIGSTOP')
  await eventually(() => isStopped(stopped), { withinMs: 5_000 })
  const write = { text: 'is it there?', operationId: 'one-and-only' }
  const late: [Promise<Timed>, Promise<Timed>] = [
    timed(() => seen.thereSocket.request('tweet.post', write)),
    timed(() => seen.thereSocket.request('timeline.home')),
  ]
  await expectUnaffected(seen)
  const [lateWrite, lateRead] = await Promise.all(late)
  expect(lateWrite.value.slice(1)).toMatchObject([null, { code: 'timeout', retry: 'same' }])
  // A read may be the one that is left when the link is given up for the write: it was surely not carried out.
  expect(['timeout', 'unavailable']).toContain((lateRead.value[2] as { code: string }).code)
  for (const { tookMs } of [lateWrite, lateRead]) {
    expect(tookMs).toBeGreaterThan(requestTimeoutMs - 100)
    inTime('giving a shard up', tookMs, requestTimeoutMs + deadlineSlackMs)
  }
  await eventually(
    async () => {
      const [, page] = await seen.thereSocket.request('timeline.home')
      return page !== null
    },
    { withinMs: 20_000 },
  )
  expect(isStopped(stopped)).toBe(true)
  await expectUnaffected(seen)

  process.kill(stopped, 'SIGCONT')
  await cluster.untilReady()
  expect(cluster.pidOf('shard-1')).toBe(stopped)
  const answered = await eventually(
    async () => {
      const [, result] = await seen.thereSocket.request('tweet.post', write)
      return result as { tweet: { id: number } } | null
    },
    { withinMs: 15_000 },
  )
  const mine = (await home(cluster, seen.there)).tweets.filter(({ text }) => text === write.text)
  expect(mine.map(({ id }) => id)).toEqual([String(answered.tweet.id)])
})
