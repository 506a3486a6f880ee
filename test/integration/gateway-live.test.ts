// Pushes over a gateway: to the right sockets, in both encodings, and never with a silent hole.

import { describe, expect, test } from 'vitest'
import { firstIdAt } from '../../protocol/ids.ts'
import { closeBatchCountMin } from '../../server/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import type { FakeAnswer, FakeRequest } from '../helpers/fake-shard.ts'
import { encodeAnswer } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { metricLines, startGatewayWorld, TestClient } from '../helpers/gateway-world.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const otherUserId = userId + 4096 + 16

function answer({ operation }: FakeRequest): FakeAnswer {
  return operation.name === 'live.subscribe'
    ? encodeAnswer(operation, { position: 'k:1', recovered: false, tweets: [], users: [] })
    : 'silence'
}

/** A socket that has subscribed, and the slot under which the shard knows it. */
async function subscribed(
  world: GatewayWorld,
  options: { encoding?: 'msgpack' | 'json'; userId?: number } = {},
): Promise<{ client: TestClient; slot: number }> {
  const token = world.shard.makeToken(options.userId ?? userId)
  const client = await TestClient.open(world.liveUrl, { ...options, token })
  await client.request('live.subscribe', { channel: 'home' })
  return { client, slot: world.shard.requests.at(-1)!.frame.slot }
}

describe('a push', () => {
  test('reaches the sockets of its slots, each in its encoding, and nobody else', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const binary = await subscribed(world)
    const text = await subscribed(world, { encoding: 'json', userId: otherUserId })
    const bystander = await subscribed(world)
    world.shard.push('tweet.deleted', [binary.slot, text.slot, 4_000_000_000], { tweetId: 77 })
    await eventually(() => binary.client.frames.length + text.client.frames.length === 4, {
      withinMs: 5_000,
    })
    expect(binary.client.frames[1]).toEqual([0, 'tweet.deleted', { tweetId: 77 }])
    expect(text.client.frames[1]).toEqual([0, 'tweet.deleted', { tweetId: '77' }])
    expect(bystander.client.frames).toHaveLength(1)
    for (const { client } of [binary, text, bystander]) client.close()
  })

  test('for a socket that is gone does not reach the one that came after it', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const gone = await subscribed(world)
    gone.client.close()
    await eventually(() => world.shard.disconnectedSlots.includes(gone.slot), { withinMs: 5_000 })
    const next = await subscribed(world, { userId: otherUserId })
    expect(next.slot).not.toBe(gone.slot)
    world.shard.push('tweet.deleted', [gone.slot], { tweetId: 77 })
    world.shard.push('tweet.deleted', [next.slot], { tweetId: 78 })
    await eventually(() => next.client.frames.length === 2, { withinMs: 5_000 })
    expect(next.client.frames[1]).toEqual([0, 'tweet.deleted', { tweetId: 78 }])
    next.client.close()
  })

  test('is timed from when its tweet was accepted; a clock that is ahead counts as no time', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const { client, slot } = await subscribed(world)
    const agoMs = 3_000
    const tweetAt = (timeMs: number) => ({
      id: firstIdAt(timeMs),
      authorId: otherUserId,
      text: 'soon',
      createdAt: timeMs,
      entities: { mentions: [], hashtags: [], urls: [] },
      counts: { favorites: 0, retweets: 0, replies: 0 },
    })
    for (const timeMs of [Date.now() - agoMs, Date.now() + 3_600_000]) {
      const data = { tweet: tweetAt(timeMs), users: [], position: 'k:1' }
      world.shard.push('timeline.tweet', [slot, slot], data)
    }
    world.shard.push('tweet.deleted', [slot], { tweetId: firstIdAt(0) })
    await eventually(() => client.frames.length === 6, { withinMs: 5_000 })
    const lines = await metricLines(world, 'rookery_push_latency_seconds')
    const [sum, count] = ['sum', 'count'].map((what) =>
      Number(lines.find((line) => line.includes(`_${what} `))?.split(' ')[1]),
    )
    expect(count).toBe(2)
    expect(sum).toBeGreaterThanOrEqual(agoMs / 1000)
    expect(sum).toBeLessThan(agoMs / 1000 + 60)
    client.close()
  })

  test('comes after the answer to the subscription that it belongs to', async () => {
    let world: GatewayWorld | undefined
    await using started = await startGatewayWorld({
      shard: {
        answer: (request) => {
          // The push is on its way in the same write as the answer, right behind it.
          queueMicrotask(() =>
            world?.shard.push('tweet.deleted', [request.frame.slot], { tweetId: 1 }),
          )
          return answer(request)
        },
      },
    })
    world = started
    for (let round = 0; round < 20; round++) {
      const { client } = await subscribed(started)
      await eventually(() => client.frames.length === 2, { withinMs: 5_000 })
      expect(client.frames).toMatchObject([
        [1, { position: 'k:1' }],
        [0, 'tweet.deleted', { tweetId: 1 }],
      ])
      client.close()
    }
  })

  test('to hundreds of sockets is one frame on the link', async () => {
    await using world = await startGatewayWorld({
      shard: { answer },
      env: { ROOKERY_USER_CONNECTIONS: '1000' },
    })
    const token = world.shard.makeToken(userId)
    const clients = await Promise.all(
      Array.from({ length: 300 }, () => TestClient.open(world.liveUrl, { token })),
    )
    await Promise.all(
      clients.map((client) => client.request('live.subscribe', { channel: 'home' })),
    )
    const slots = world.shard.requests.flatMap(({ frame }) =>
      frame.slot === 0 ? [] : [frame.slot],
    )
    for (let round = 0; round < 10; round++) {
      world.shard.push('tweet.deleted', slots, { tweetId: 1000 + round })
    }
    await eventually(() => clients.every((client) => client.frames.length === 11), {
      withinMs: 10_000,
    })
    const order = clients.map((client) =>
      client.frames.slice(1).map((frame) => (frame as [0, string, { tweetId: number }])[2].tweetId),
    )
    for (const seen of order) expect(seen).toEqual(order[0])
    for (const client of clients) client.close()
  })
})

describe('a live stream ends with 4210 and not with a hole', () => {
  test('when the link to its shard goes down; other sockets stay', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const { client } = await subscribed(world)
    const reader = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId) })
    world.shard.cut()
    expect((await client.untilClosed()).code).toBe(4210)
    expect(reader.closed).toBeUndefined()
    reader.close()
  })

  test('I8: when a push for it could not be made; those of others stay', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const lacks = await subscribed(world)
    const stays = await subscribed(world, { userId: otherUserId })
    world.shard.losePush([lacks.slot])
    expect((await lacks.client.untilClosed()).code).toBe(4210)
    expect(stays.client.closed).toBeUndefined()
    stays.client.close()
  })

  test('I8: when a push for very many could not be made; none of them is told what comes behind it', async () => {
    const env = { ROOKERY_USER_CONNECTIONS: '10000' }
    await using world = await startGatewayWorld({ shard: { answer }, env })
    const all: Awaited<ReturnType<typeof subscribed>>[] = []
    for (let count = 0; count <= closeBatchCountMin; count += 50) {
      all.push(...(await Promise.all(Array.from({ length: 50 }, () => subscribed(world)))))
    }
    const slots = world.shard.requests.map(({ frame }) => frame.slot)
    world.shard.losePush(slots)
    world.shard.push('tweet.deleted', slots, { tweetId: 77 })
    for (const { client } of all) expect((await client.untilClosed()).code).toBe(4210)
    expect(all.every(({ client }) => client.frames.length === 1)).toBe(true)
  })

  test('I8: when nobody knows whether it has begun', async () => {
    await using world = await startGatewayWorld({ shard: { answer: () => 'silence' } })
    const token = world.shard.makeToken(userId)
    const client = await TestClient.open(world.liveUrl, { token })
    const id = client.send('live.subscribe', { channel: 'home' })
    // Other traffic on the link: the shard is busy, and not away.
    const busy = setInterval(() => world.shard.tell({}), 500)
    expect(await client.answerTo(id)).toMatchObject([id, null, { code: 'timeout' }])
    expect((await client.untilClosed()).code).toBe(4210)
    clearInterval(busy)
  })

  test('when its shard hosts its partition no longer; those of other partitions stay', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const moved = await subscribed(world)
    const stays = await subscribed(world, { userId: otherUserId })
    const others = Array.from({ length: 64 }, (_, index) => index).filter((p) => p !== 5)
    world.shard.tell({ serving: others, hosted: others })
    expect((await moved.client.untilClosed()).code).toBe(4210)
    expect(stays.client.closed).toBeUndefined()
    stays.client.close()
  })
})

test('a socket with a live stream cannot become somebody else', async () => {
  await using world = await startGatewayWorld({ shard: { answer } })
  const { client } = await subscribed(world)
  const token = world.shard.makeToken(otherUserId)
  expect((await client.request('session.resume', { token }))[2]).toMatchObject({ code: 'conflict' })
  client.close()
})

test('a client that reads nothing is closed as a slow consumer, and costs no more than its limit', async () => {
  await using world = await startGatewayWorld({ shard: { answer } })
  const slow = await subscribed(world)
  const good = await subscribed(world)
  slow.client.socket.pause()
  const text = 'a'.repeat(4000)
  const tweet = {
    id: 1,
    authorId: 2,
    text,
    createdAt: 0,
    entities: { mentions: [], hashtags: [], urls: [] },
    counts: { favorites: 0, retweets: 0, replies: 0 },
  }
  const slowConsumers = async (): Promise<number> =>
    (await world.server.metrics.slowConsumers.get()).values[0]?.value ?? 0
  let pushed = 0
  await eventually(
    async () => {
      for (let count = 0; count < 100; count++) {
        const slots = count === 0 ? [slow.slot, good.slot] : [slow.slot]
        world.shard.push('timeline.tweet', slots, { tweet, users: [], position: 'k:1' })
      }
      pushed++
      return (await slowConsumers()) === 1
    },
    { withinMs: 20_000 },
  )
  await eventually(() => good.client.frames.length === pushed + 1, { withinMs: 10_000 })
  slow.client.socket.resume()
  expect((await slow.client.untilClosed()).code).toBe(4108)
  good.client.close()
})

test('a drain closes every socket with 4200, after the answers that were under way', async () => {
  const world = await startGatewayWorld({ shard: { answer: () => 'silence' } })
  const token = world.shard.makeToken(userId)
  const idle = await TestClient.open(world.liveUrl, { token })
  const busy = await TestClient.open(world.liveUrl, { token })
  busy.send('timeline.home')
  await eventually(() => world.shard.requests.length === 2, { withinMs: 5_000 })
  const drained = world.server.drain()
  expect(world.server.whyNotReady()).toBe('draining')
  expect((await idle.untilClosed()).code).toBe(4200)
  expect(busy.closed).toBeUndefined()
  world.shard.cut()
  expect((await busy.untilClosed()).code).toBe(4200)
  expect(busy.frames).toMatchObject([[1, null, { code: 'unavailable' }]])
  await drained
  await expect(TestClient.open(world.liveUrl)).rejects.toThrow()
  await world.shard.close()
})
