// The whole server with its log on a real Redis: a tweet crosses shards, and everything is there after
// every shard process and Redis itself have been killed (I1).

import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { follow, home, http, post, signUp } from '../helpers/people.ts'
import { startRedis } from '../helpers/redis-server.ts'
import { redisCluster } from '../helpers/redis-world.ts'
import { runningCluster } from '../helpers/running-cluster.ts'

test('a tweet crosses shards by Redis, and survives the kill of all shards and of Redis (I1)', async () => {
  await using redis = await startRedis()
  await using cluster = await runningCluster({ env: { ROOKERY_REDIS_URL: redis.url } })
  const author = await signUp(cluster, 'shard-0')
  const reader = await signUp(cluster, 'shard-1')
  await follow(cluster, reader, author)
  const first = await post(cluster, author, 'before the kills')
  const ids = async () => (await home(cluster, reader)).tweets.map(({ id }) => id)
  await eventually(async () => (await ids()).includes(first), { withinMs: 5_000 })

  const killed = ['shard-0', 'shard-1'].map((name) => cluster.signal(name, 'SIGKILL'))
  await eventually(() => !cluster.processes().some(({ pid }) => killed.includes(pid)), {
    withinMs: 5_000,
  })
  await cluster.untilReady()
  await eventually(async () => (await ids()).includes(first), { withinMs: 10_000 })

  await redis.kill()
  await redis.restart()
  // While a shard finds its way back to the log it answers `unavailable` or `unknown_outcome`: the same
  // request with the same key is sent until it is taken, and takes effect once (I2, I9).
  const again = {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text: 'after the kills' },
    headers: { 'idempotency-key': 'after-the-kills' },
  }
  await eventually(async () => (await http(cluster, again)).status === 201, { withinMs: 10_000 })
  await eventually(async () => (await ids()).length === 2, { withinMs: 10_000 })
  expect((await ids())[1]).toBe(first)
})

test('on a Redis Cluster a replica takes over from a killed primary, and all is there (I1)', async () => {
  const nodes = await redisCluster()
  await using first = nodes[0]
  await using second = nodes[1]
  const url = `redis+cluster://127.0.0.1:${first.port},127.0.0.1:${second.port}`
  await using cluster = await runningCluster({ env: { ROOKERY_REDIS_URL: url } })
  const author = await signUp(cluster, 'shard-0')
  const reader = await signUp(cluster, 'shard-1')
  await follow(cluster, reader, author)
  const before = await post(cluster, author, 'before the kill')
  cluster.signal('shard-0', 'SIGKILL')
  const again = {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text: 'after the kill' },
    headers: { 'idempotency-key': 'after-the-kill' },
  }
  await eventually(async () => (await http(cluster, again)).status === 201, { withinMs: 10_000 })
  const ids = async () => (await home(cluster, reader)).tweets.map(({ id }) => id)
  await eventually(async () => (await ids()).length === 2, { withinMs: 10_000 })
  expect((await ids())[1]).toBe(before)
})
