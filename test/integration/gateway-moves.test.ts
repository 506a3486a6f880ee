// Partitions that move, and shards that die, under a gateway: what becomes of its requests and streams (I8, I9).

import { describe, expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import type { FakeShard } from '../helpers/fake-shard.ts'
import { answerReads, answerWell } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import {
  allPartitions,
  metricLines,
  pairUser,
  startGatewayWorld,
  startPair,
  TestClient,
} from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'

/** What a shard was asked to follow, in the order in which it was. */
function followsAt(shard: FakeShard, slot?: number): number[] {
  return shard.requests
    .filter((request) => request.operation.name === 'user.follow')
    .filter((request) => slot === undefined || request.frame.slot === slot)
    .map((request) => request.params['userId'] as number)
}

async function isHeld(world: GatewayWorld, count: number): Promise<void> {
  await eventually(() => world.server.shards.heldCount === count, { withinMs: 5_000 })
}

describe('a partition that moves', () => {
  test('loses and refuses nothing, and every write is carried out once', async () => {
    await using world = await startPair()
    const executed: number[] = []
    let epoch = 1
    let serving = world.shard
    for (const shard of world.shards) {
      shard.answer = (request) => {
        if (shard !== serving) return answerReads(request)
        if (request.operation.event !== undefined) executed.push(Number(request.params['userId']))
        return answerWell(request)
      }
    }
    const client = await world.open()
    const ids: number[] = []
    const follow = (): void => {
      ids.push(client.send('user.follow', { userId: 16 * (ids.length + 1) }))
    }
    for (let move = 0; move < 30; move++) {
      const [from, to] = move % 2 === 0 ? world.shards : [...world.shards].reverse()
      const before = ids.length
      for (let count = 0; count < 5; count++) {
        follow()
        ids.push(client.send('timeline.home'))
      }
      // In the middle of its work the old shard gives the partition away; its answers may say so
      // earlier than its status does. The new one serves when requests wait already.
      serving = to as FakeShard
      const isLate = move % 3 === 0
      if (!isLate) from?.tell({ serving: [] })
      follow()
      await eventually(() => world.server.shards.heldCount > 0, { withinMs: 5_000 })
      epoch++
      to?.tell({ serving: allPartitions, epoch })
      if (isLate) from?.tell({ serving: [] })
      await Promise.all(ids.slice(before).map((id) => client.answerTo(id)))
    }
    const answers = await Promise.all(ids.map((id) => client.answerTo(id)))
    expect(answers.filter(([, result]) => result === null)).toEqual([])
    expect(executed.length).toBe(30 * 6)
    expect(new Set(executed).size).toBe(executed.length)
    client.close()
  })

  test('keeps the order of what each socket asked for while it waited', async () => {
    await using world = await startPair()
    const clients = [await world.open(), await world.open()]
    world.shard.answer = answerReads
    for (let round = 1; round <= 20; round++) {
      if (round === 10) world.shard.tell({ serving: [] })
      for (const client of clients) client.send('user.follow', { userId: 16 * round })
    }
    await isHeld(world, 40)
    world.next.tell({ serving: allPartitions })
    for (const client of clients) {
      await eventually(() => client.frames.length === 20, { withinMs: 5_000 })
    }
    const slots = new Set(world.next.requests.map(({ frame }) => frame.slot))
    const order = Array.from({ length: 20 }, (_, index) => 16 * (index + 1))
    expect(slots.size).toBe(2)
    for (const slot of slots) expect(followsAt(world.next, slot)).toEqual(order)
    expect(await metricLines(world, 'rookery_requests_held_total')).toEqual([
      'rookery_requests_held_total{outcome="sent"} 40',
      'rookery_requests_held_total{outcome="failed"} 0',
    ])
    expect(await metricLines(world, 'rookery_requests_held_now')).toEqual([
      'rookery_requests_held_now 0',
    ])
    for (const client of clients) client.close()
  })

  test('is served by the newest epoch, whatever the old shard goes on to say', async () => {
    await using world = await startPair()
    const client = await world.open()
    world.next.tell({ serving: allPartitions, epoch: 3 })
    await eventually(
      async () => {
        await client.request('timeline.home')
        return world.next.requests.length > 0
      },
      { withinMs: 5_000 },
    )
    const answered = world.shard.requests.length
    world.shard.tell({ serving: allPartitions, epoch: 2 })
    for (let round = 1; round <= 10; round++) {
      await client.request('user.follow', { userId: 16 * round })
    }
    expect(world.shard.requests).toHaveLength(answered)
    expect(followsAt(world.next)).toHaveLength(10)
    client.close()
  })

  test('and is served by nobody for too long: a write is refused after half a second', async () => {
    await using world = await startPair()
    const client = await world.open()
    for (const shard of world.shards) shard.answer = answerReads
    world.shard.tell({ serving: [] })
    const startedAtMs = performance.now()
    const write = client.request('user.follow', { userId: 16 })
    expect((await client.request('timeline.home'))[1]).toMatchObject({ position: 'k:1' })
    expect((await write)[2]).toMatchObject({ code: 'unavailable', retryAfterMs: 200 })
    const durationMs = performance.now() - startedAtMs
    expect(durationMs).toBeGreaterThan(450)
    inTime('refusing a write that nobody takes', durationMs, 1_500)
    expect(await metricLines(world, 'rookery_requests_held_total')).toContain(
      'rookery_requests_held_total{outcome="failed"} 1',
    )
    client.close()
  })

  test('is not asked for without end at a shard that says it serves, and does not', async () => {
    await using world = await startPair()
    const client = await world.open()
    world.shard.answer = answerReads
    const [, , error] = await client.request('user.follow', { userId: 16 })
    expect(error).toMatchObject({ code: 'unavailable' })
    expect(followsAt(world.shard).length).toBeGreaterThan(1)
    expect(followsAt(world.shard).length).toBeLessThanOrEqual(5)
    client.close()
  })

  test('and a client that leaves while it waits: what it asked for is not done any more', async () => {
    await using world = await startPair()
    const gone = await world.open()
    const stays = await world.open()
    world.shard.answer = answerReads
    world.shard.tell({ serving: [] })
    gone.send('user.follow', { userId: 16 })
    stays.send('user.follow', { userId: 32 })
    await isHeld(world, 2)
    gone.close()
    await isHeld(world, 1)
    world.next.tell({ serving: allPartitions })
    await stays.answerTo(1)
    expect(followsAt(world.next)).toEqual([32])
    stays.close()
  })
})

describe('a shard that dies', () => {
  test('leaves its reads to another host, and its writes to its successor', async () => {
    await using world = await startPair()
    const client = await world.open()
    world.shard.answer = () => 'silence'
    const read = client.send('timeline.home')
    const write = client.send('user.follow', { userId: 16 })
    await eventually(() => followsAt(world.shard).length === 1, { withinMs: 5_000 })
    await world.shard.close()
    expect((await client.answerTo(read))[1]).toMatchObject({ position: 'k:1' })
    expect((await client.answerTo(write))[2]).toMatchObject({ code: 'unknown_outcome' })
    const held = client.send('user.follow', { userId: 32 })
    await isHeld(world, 1)
    expect((await client.request('timeline.home'))[1]).toMatchObject({ position: 'k:1' })
    expect(world.server.whyNotReady()).toBe('nobody serves partition 0 and 63 others')
    world.next.tell({ serving: allPartitions })
    expect((await client.answerTo(held))[1]).toMatchObject({ user: { id: 32 } })
    expect(followsAt(world.next)).toEqual([32])
    expect(world.server.whyNotReady()).toBeUndefined()
    client.close()
  })

  test('and no other is there: nothing is held, whoever waits is told so', async () => {
    await using world = await startGatewayWorld({ shard: { answer: answerWell } })
    const token = world.shard.makeToken(pairUser)
    const client = await TestClient.open(world.liveUrl, { token })
    world.shard.tell({ serving: [] })
    await eventually(() => world.server.whyNotReady() !== undefined, { withinMs: 5_000 })
    const held = client.send('user.follow', { userId: 16 })
    await isHeld(world, 1)
    await world.shard.close()
    const startedAtMs = performance.now()
    expect((await client.answerTo(held))[2]).toMatchObject({ code: 'unavailable' })
    const [, , error] = await client.request('user.follow', { userId: 16 })
    expect(error).toMatchObject({ code: 'unavailable' })
    inTime('refusing what is held, and what comes', performance.now() - startedAtMs, 400)
    client.close()
  })
})
