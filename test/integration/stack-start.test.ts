// The whole server as `npm start` runs it: it comes up, serves across shards, drains, and finds
// everything again when it is started once more.

import { expect, test } from 'vitest'
import { drainTimeoutMs } from '../../protocol/std/run.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'
import type { Person } from '../helpers/people.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'

const crossShardWithinMs = 1_000

/** Everything that people see of the server: users, tweets, follows and favorites, by page. */
async function everythingSeen(cluster: RunningCluster, people: readonly Person[]) {
  const pages: Record<string, unknown> = {}
  for (const { id, handle, token } of people) {
    for (const path of [
      `/v1/users/@${handle}`,
      `/v1/users/${id}/tweets`,
      `/v1/users/${id}/followers`,
      `/v1/users/${id}/following`,
      '/v1/timelines/home',
    ]) {
      const { status, body } = await http(cluster, { path, token })
      expect(status, path).toBe(200)
      // The position belongs to the process that gave it.
      pages[`${handle} ${path}`] = { ...(body as object), position: undefined }
    }
  }
  return pages
}

test('a start, a tweet across shards, a drain, and a second start that finds everything (I1)', async () => {
  await using cluster = await runningCluster()
  expect(cluster.output).toContain(`HTTP       ${cluster.url}\n`)
  expect(cluster.output).toContain(`WebSocket  ${cluster.liveUrl}\n`)
  expect(
    cluster
      .processes()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['gateway-0', 'shard-0', 'shard-1', 'supervisor'])

  const author = await signUp(cluster, 'shard-0', 'author')
  const reader = await signUp(cluster, 'shard-1', 'reader')
  await follow(cluster, reader, author)
  const live = await TestClient.open(cluster.liveUrl, { token: reader.token })
  await live.request('live.subscribe', { channel: 'home' })
  const startedAtMs = performance.now()
  const tweetId = await post(cluster, author, 'Hello, other shard!')
  const pushes = () => live.frames.filter((frame) => (frame as unknown[])[1] === 'timeline.tweet')
  await eventually(() => pushes().length === 1, { withinMs: 10_000 })
  const tookMs = performance.now() - startedAtMs
  expect(pushes()[0]).toMatchObject([0, 'timeline.tweet', { tweet: { id: Number(tweetId) } }])
  inTime('a tweet on the way to another shard', tookMs, crossShardWithinMs)

  const favorite = { method: 'PUT', path: `/v1/tweets/${tweetId}/favorite`, body: {} }
  expect((await http(cluster, { ...favorite, token: reader.token })).status).toBe(200)
  await follow(cluster, author, reader)
  await post(cluster, reader, 'Good evening @nobody, #rookery https://example.org')
  const people = [author, reader]
  // What one has done on their shard has come to that of the other.
  const isAllSeenBy = async ({ token }: Person) => {
    const read = async (path: string) => (await http(cluster, { path, token })).body
    const counts = { favorites: 1 }
    expect(await read(`/v1/tweets/${tweetId}`)).toMatchObject({ tweet: { counts } })
    for (const { id } of people) {
      const user = { counts: { tweets: 1, followers: 1, following: 1 } }
      expect(await read(`/v1/users/${id}`)).toMatchObject({ user })
    }
    expect(await read('/v1/timelines/home')).toMatchObject({ tweets: [{}, {}] })
    return true
  }
  for (const person of people) await eventually(() => isAllSeenBy(person), { withinMs: 5_000 })
  const before = await everythingSeen(cluster, people)

  const stopped = await cluster.stop()
  expect(stopped).toMatchObject({ code: 0, signal: null })
  inTime('draining', stopped.tookMs, drainTimeoutMs)
  expect((await live.untilClosed()).code).toBe(4200)
  await cluster.untilGone()

  await cluster.start()
  expect(await everythingSeen(cluster, people)).toEqual(before)
  const { handle, password } = reader
  const signIn = { method: 'POST', path: '/v1/sessions', body: { handle, password } }
  expect((await http(cluster, signIn)).status).toBe(201)
  console.info(`from post to push on the other shard: ${Math.round(tookMs)} ms`)
})
