// Clients who ask for much and read nothing: what they leave in the kernel is bounded, all together.

import { expect, test } from 'vitest'
import { firstIdAt } from '../../protocol/ids.ts'
import { unreadProofBytes } from '../../server/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import type { FakeAnswer, FakeRequest } from '../helpers/fake-shard.ts'
import { encodeAnswer } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { metricLines, startGatewayWorld, TestClient } from '../helpers/gateway-world.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const tweet = {
  id: 1,
  authorId: 2,
  text: 'a'.repeat(4_000),
  createdAt: 0,
  entities: { mentions: [], hashtags: [], urls: [] },
  counts: { favorites: 0, retweets: 0, replies: 0 },
}
/** Tweets of a page that has two thirds of the bytes for which a client is pinged. */
const pageTweets = Math.ceil(((2 / 3) * unreadProofBytes) / tweet.text.length)

/** Pages that have more bytes than these. */
function pagesOf(bytes: number): number {
  return Math.ceil(bytes / (pageTweets * tweet.text.length)) + 2
}

function answer({ operation }: FakeRequest): FakeAnswer {
  const tweets = Array.from({ length: pageTweets }, () => tweet)
  return encodeAnswer(operation, { tweets, users: [], position: 'k:1' })
}

async function worldOf(env: Readonly<Record<string, string>>): Promise<GatewayWorld> {
  return startGatewayWorld({ shard: { answer }, env })
}

function open(world: GatewayWorld): Promise<TestClient> {
  return TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId) })
}

async function unreadBytes(world: GatewayWorld): Promise<number> {
  const [line = ''] = await metricLines(world, 'rookery_gateway_unread_bytes')
  return Number(line.split(' ')[1])
}

test('who reads nothing is told to go as soon as too much is unread in all; who reads as much is not', async () => {
  const bytesMax = 8 * unreadProofBytes
  await using world = await worldOf({ ROOKERY_UNREAD_BYTES: String(bytesMax) })
  const reading = await open(world)
  const slow = [await open(world), await open(world), await open(world), await open(world)]
  for (const client of slow) client.socket.pause()
  // The kernel would take all that they are sent. Who goes makes room for the others, so the last one has all of it.
  let unreadAtMost = 0
  for (let page = 0; page < pagesOf(bytesMax); page++) {
    for (const client of slow) client.send('timeline.home')
    await reading.request('timeline.home')
    unreadAtMost = Math.max(unreadAtMost, await unreadBytes(world))
  }
  const counted = async (): Promise<number | undefined> =>
    (await world.server.metrics.slowConsumers.get()).values[0]?.value
  for (const client of slow) client.socket.resume()
  for (const client of slow) expect((await client.untilClosed()).code).toBe(4108)
  expect(await counted()).toBe(slow.length)
  expect(unreadAtMost).toBeGreaterThan(bytesMax / 2)
  // Each of them may be sent a little behind its ping.
  expect(unreadAtMost).toBeLessThan(bytesMax + 2 * slow.length * unreadProofBytes)
  expect(reading.closed).toBeUndefined()
  reading.close()
  await eventually(async () => (await unreadBytes(world)) === 0, { withinMs: 5_000 })
})

test('where little is unread in all, nobody is told to go, and what is read is counted no more', async () => {
  await using world = await worldOf({})
  const client = await open(world)
  client.socket.pause()
  for (let page = 0; page < 6; page++) client.send('timeline.home')
  await eventually(async () => (await unreadBytes(world)) > unreadProofBytes, { withinMs: 5_000 })
  client.socket.resume()
  await eventually(async () => (await unreadBytes(world)) === 0, { withinMs: 5_000 })
  await client.answerTo(6)
  expect(client.closed).toBeUndefined()
  client.close()
})
