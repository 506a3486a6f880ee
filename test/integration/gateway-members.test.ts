// The shards that a gateway has: when it is ready, where its live streams belong, and whom it follows.

import { describe, expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { answerReads, answerWell, FakeShard } from '../helpers/fake-shard.ts'
import {
  allPartitions,
  metricLines,
  pairPartition,
  pairUser,
  startGatewayWorld,
  startPair,
  TestClient,
} from '../helpers/gateway-world.ts'

describe('readiness', () => {
  test('needs every partition served, by whomever, and says which is not', async () => {
    const [low, high] = [allPartitions.slice(0, 32), allPartitions.slice(32)]
    await using world = await startGatewayWorld({
      shard: { status: { serving: low } },
      others: [{ status: { serving: high } }],
    })
    expect((await fetch(`${world.httpUrl}/readyz`)).status).toBe(200)
    world.shard.tell({ serving: low.filter((one) => one !== 3) })
    await eventually(() => world.server.whyNotReady() !== undefined, { withinMs: 5_000 })
    const response = await fetch(`${world.httpUrl}/readyz`)
    expect([response.status, await response.text()]).toEqual([503, 'nobody serves partition 3\n'])
  })
})

describe('a live stream', () => {
  test('stays where it is when its partition is served elsewhere, until it is hosted no longer', async () => {
    await using world = await startPair()
    const client = await world.open()
    await client.request('live.subscribe', { channel: 'home' })
    const { slot } = world.shard.requests.at(-1)!.frame
    world.shard.answer = answerReads
    world.shard.tell({ serving: [] })
    world.next.tell({ serving: allPartitions })
    await client.request('user.follow', { userId: 16 })
    expect(world.next.requests.at(-1)).toMatchObject({ params: { userId: 16 } })
    world.shard.push('tweet.deleted', [slot], { tweetId: 77 })
    await client.request('live.subscribe', { channel: 'home', position: 'k:1' })
    expect(world.shard.requests.at(-1)!.operation.name).toBe('live.subscribe')
    expect(client.answers()).toContainEqual([0, 'tweet.deleted', { tweetId: 77 }])
    expect(await metricLines(world, 'rookery_resume_total')).toEqual([
      'rookery_resume_total{recovered="true"} 1',
      'rookery_resume_total{recovered="false"} 0',
    ])
    expect(client.closed).toBeUndefined()
    world.shard.tell({ hosted: allPartitions.filter((one) => one !== pairPartition) })
    expect((await client.untilClosed()).code).toBe(4210)
  })

  test('that did not start at one shard starts at another, and belongs there', async () => {
    await using world = await startPair()
    const client = await world.open()
    world.shard.answer = () => 'not served'
    await client.request('live.subscribe', { channel: 'home' })
    world.shard.tell({ serving: [], hosted: [] })
    const { slot } = world.next.requests.at(-1)!.frame
    world.next.push('tweet.deleted', [slot], { tweetId: 77 })
    await eventually(() => client.frames.length === 2, { withinMs: 5_000 })
    expect(client.closed).toBeUndefined()
    client.close()
    await eventually(() => world.next.disconnectedSlots.includes(slot), { withinMs: 5_000 })
    expect(world.shard.disconnectedSlots).toEqual([])
  })

  test('that starts at two shards after all is ended: nobody could tell which one speaks', async () => {
    await using world = await startPair()
    const client = await world.open()
    world.shard.answer = () => (world.shard.requests.length === 2 ? 'silence' : 'not served')
    const late = client.send('live.subscribe', { channel: 'home' })
    const moved = client.send('live.subscribe', { channel: 'home' })
    await client.answerTo(moved)
    const request = world.shard.requests.find(({ operation }) => operation.isLive)!
    world.shard.answerLate(request, { position: 'k:1', recovered: false, tweets: [], users: [] })
    expect((await client.untilClosed()).code).toBe(4210)
    expect(late).toBeLessThan(moved)
    const { slot } = request.frame
    await eventually(() => world.shards.every((one) => one.disconnectedSlots.includes(slot)), {
      withinMs: 5_000,
    })
  })

  test('that is about to start lets nobody else sign in on its socket', async () => {
    await using world = await startPair()
    const client = await world.open()
    for (const shard of world.shards) {
      shard.answer = () => 'not served'
      shard.tell({ serving: [], hosted: [] })
    }
    const stream = client.send('live.subscribe', { channel: 'home' })
    await eventually(() => world.server.shards.heldCount === 1, { withinMs: 5_000 })
    const [, , error] = await client.request('session.resume', {
      token: world.shard.makeToken(pairUser),
    })
    expect(error).toMatchObject({ code: 'conflict' })
    world.next.answer = answerWell
    world.next.tell({ serving: allPartitions })
    expect((await client.answerTo(stream))[1]).toMatchObject({ position: 'k:1' })
    client.close()
  })
})

test('a sign-out is answered before the socket is closed, also where a replica tells of it first', async () => {
  await using world = await startPair()
  const client = await world.open()
  const other = await world.open()
  const id = client.send('session.end')
  const request = await eventually(
    () => world.shard.requests.find(({ operation }) => operation.session === 'ends'),
    { withinMs: 5_000 },
  )
  for (const token of world.next.tokens) world.next.endSession(token)
  expect((await other.untilClosed()).code).toBe(4010)
  expect(client.closed).toBeUndefined()
  world.shard.answerLate(request, {})
  expect((await client.untilClosed()).code).toBe(4010)
  expect(client.frames).toEqual([[id, {}]])
})

describe('a member of the cluster', () => {
  test('is learned from the others, followed when it moves, and given up when nobody knows it', async () => {
    await using world = await startGatewayWorld({ shard: { answer: answerWell } })
    const first = await FakeShard.start({ answer: answerWell, status: { serving: [] } })
    world.shard.tell({ members: { 'shard-0': world.shard.address, 'shard-1': first.address } })
    await eventually(() => first.gatewayCount === 1, { withinMs: 5_000 })
    await first.close()
    const second = await FakeShard.start({ answer: answerWell, status: { serving: [] } })
    world.shard.tell({ members: { 'shard-1': second.address } })
    await eventually(() => second.gatewayCount === 1, { withinMs: 5_000 })
    world.shard.tell({ members: {}, serving: allPartitions.filter((one) => one !== pairPartition) })
    await eventually(() => world.server.whyNotReady() !== undefined, { withinMs: 5_000 })
    second.cut()
    await eventually(() => second.gatewayCount === 0, { withinMs: 5_000 })
    // Half a second, in which a link that is wanted would have been made ten times.
    const client = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(pairUser) })
    await client.request('user.follow', { userId: 16 })
    expect(second.gatewayCount).toBe(0)
    expect(world.shard.gatewayCount).toBe(1)
    client.close()
    await second.close()
  })

  test('is looked for elsewhere where another shard listens on its old address', async () => {
    const [low, high] = [allPartitions.slice(0, 32), allPartitions.slice(32)]
    const moved = await FakeShard.start({ status: { name: 'shard-1', serving: high } })
    const members = { 'shard-1': moved.address }
    await using world = await startGatewayWorld({
      shard: { status: { name: 'shard-0', serving: low, members } },
      // The seed of shard-1, whose machine belongs to shard-2 by now.
      others: [{ status: { name: 'shard-2', serving: [], members } }],
      isLinkAwaited: false,
    })
    await eventually(() => world.server.whyNotReady() === undefined, { withinMs: 5_000 })
    expect([moved.gatewayCount, world.shard.gatewayCount]).toEqual([1, 1])
    await moved.close()
  })
})
