// Requests over a WebSocket against a fake shard: from the frame to the answer, whatever happens.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pack } from '../../protocol/frame.ts'
import { firstIdAt } from '../../protocol/ids.ts'
import { eventually } from '../helpers/eventually.ts'
import type { FakeAnswer, FakeRequest } from '../helpers/fake-shard.ts'
import { encodeAnswer, makeUser } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { startGatewayWorld, TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16

function answer({ operation, params }: FakeRequest): FakeAnswer {
  switch (operation.name) {
    case 'user.get':
      return encodeAnswer(operation, { user: makeUser((params['user'] as { id: number }).id) })
    case 'timeline.home':
      return encodeAnswer(operation, { tweets: [], users: [makeUser(userId)], position: 'k:1' })
    case 'user.follow':
      return { error: { code: 'cannot_follow_self', message: 'No.', retry: 'never' } }
    case 'session.end':
      return encodeAnswer(operation, {})
    case 'tweet.favorite':
      return Buffer.from([0x81, 0xa1, 0x78, 0x01])
    case 'user.followers':
      return new Uint8Array(0)
    default:
      return 'silence'
  }
}

describe('a socket that sends requests', () => {
  let world: GatewayWorld
  beforeAll(async () => {
    world = await startGatewayWorld({ shard: { answer } })
  })
  afterAll(() => world[Symbol.asyncDispose]())
  const signedIn = (encoding: 'msgpack' | 'json' = 'msgpack'): Promise<TestClient> =>
    TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId), encoding })

  test('gets the answer of the shard, in MessagePack with integer ids', async () => {
    const client = await signedIn()
    const [, result] = await client.request('timeline.home', { limit: 5 })
    expect(result).toMatchObject({ tweets: [], users: [{ id: userId }], position: 'k:1' })
    const seen = world.shard.requests.at(-1)
    expect(seen?.params).toEqual({ limit: 5 })
    expect(seen?.frame).toMatchObject({ actor: userId, partition: 5 })
    client.close()
  })

  test('gets the same in JSON, with ids as strings and times in ISO 8601', async () => {
    const client = await TestClient.open(world.liveUrl, { encoding: 'json' })
    const [, result] = await client.request('user.get', { user: String(userId) })
    expect(result).toMatchObject({
      user: { id: String(userId), createdAt: '2026-06-01T00:00:00.000Z' },
    })
    client.close()
  })

  test('gets an error that names the field, and a refusal that the operation declares', async () => {
    const client = await signedIn('json')
    expect(await client.request('timeline.home', { limit: 101 })).toEqual([
      1,
      null,
      {
        code: 'bad_request',
        field: 'limit',
        message: 'limit must be between 1 and 100',
        retry: 'never',
      },
    ])
    expect((await client.request('user.follow', { userId: String(userId) }))[2]).toMatchObject({
      code: 'cannot_follow_self',
    })
    expect((await client.request('user.fly'))[2]).toMatchObject({ field: 'operation' })
    expect((await client.request('toString'))[2]).toMatchObject({ field: 'operation' })
    client.close()
  })

  test('has to let its ids grow', async () => {
    const client = await signedIn()
    client.sendFrame([7, 'timeline.home', {}])
    client.sendFrame([7, 'timeline.home', {}])
    client.sendFrame([6, 'timeline.home', {}])
    await eventually(() => client.frames.length === 3, { withinMs: 5_000 })
    const refused = client.answers().filter((frame) => frame[1] === null)
    expect(refused).toMatchObject([
      [7, null, { code: 'bad_request', field: 'id' }],
      [6, null, { code: 'bad_request', field: 'id' }],
    ])
    client.close()
  })

  test('may send many in one frame, and then gets many in one', async () => {
    for (const encoding of ['msgpack', 'json'] as const) {
      const client = await signedIn(encoding)
      client.sendFrame(Array.from({ length: 64 }, (_, index) => [index + 1, 'timeline.home', {}]))
      await eventually(() => client.answers().length === 64, { withinMs: 5_000 })
      expect(client.frames.length).toBeLessThan(64)
      expect(new Set(client.answers().map(([id]) => id)).size).toBe(64)
      client.sendFrame(Array.from({ length: 65 }, (_, index) => [index + 100, 'timeline.home', {}]))
      await eventually(() => client.answers().length === 65, { withinMs: 5_000 })
      expect(client.answers().at(-1)).toMatchObject([0, null, { code: 'bad_request' }])
      client.close()
    }
  })

  test('that never sent a batch gets each answer in a frame of its own', async () => {
    const client = await signedIn()
    for (let count = 0; count < 20; count++) client.send('timeline.home')
    await eventually(() => client.frames.length === 20, { withinMs: 5_000 })
    expect(client.frames.every((frame) => !Array.isArray((frame as unknown[])[0]))).toBe(true)
    client.close()
  })

  test('may have so many requests without an answer and no more', async () => {
    const client = await signedIn()
    for (let count = 0; count < 257; count++) client.send('user.unfollow', { userId: 1 })
    expect((await client.answerTo(257))[2]).toMatchObject({ code: 'rate_limited' })
    expect(client.frames).toHaveLength(1)
    client.close()
  })

  test('is told `internal` about an answer that no definition allows, and goes on', async () => {
    const client = await signedIn('json')
    const [, , error] = await client.request('tweet.favorite', { tweetId: '1' })
    expect(error).toMatchObject({ code: 'internal' })
    expect(await client.request('user.get', { user: '5' })).toMatchObject([2, { user: {} }])
    client.close()
  })

  test('without a sign-in can do what anyone can, and nothing else', async () => {
    const client = await TestClient.open(world.liveUrl)
    expect((await client.request('timeline.home'))[2]).toMatchObject({ code: 'unauthenticated' })
    expect((await client.request('user.get', { user: 5 }))[1]).toMatchObject({ user: { id: 5 } })
    const token = world.shard.makeToken(userId)
    const [, result] = await client.request('session.resume', { token })
    expect(result).toMatchObject({ user: { id: userId } })
    expect((await client.request('timeline.home'))[1]).toMatchObject({ position: 'k:1' })
    client.close()
  })

  test('gets the answer to its sign-out before the socket is closed', async () => {
    const client = await signedIn()
    const id = client.send('session.end')
    expect((await client.untilClosed()).code).toBe(4010)
    expect(client.frames).toEqual([[id, {}]])
  })

  test('is closed with 4000 after ten frames in a row that nobody can read', async () => {
    const client = await signedIn()
    for (let count = 0; count < 9; count++) client.socket.send(Buffer.from([0xc1]))
    await client.request('timeline.home')
    expect(client.closed).toBeUndefined()
    for (let count = 0; count < 10; count++) client.socket.send(Buffer.from([0xc1]))
    expect((await client.untilClosed()).code).toBe(4000)
  })

  test('is closed with 1009 for a frame that is too large', async () => {
    const client = await signedIn()
    client.socket.send(pack([1, 'timeline.home', { before: 'a'.repeat(17_000) }]))
    // The native layer says 1009 where the frame fits its buffers, and cuts the connection otherwise.
    expect([1006, 1009]).toContain((await client.untilClosed()).code)
  })
})

describe('a socket that sends too many requests', () => {
  test('is told when to go on, and closed with 4101 if it does not listen', async () => {
    await using world = await startGatewayWorld({
      shard: { answer },
      env: { ROOKERY_SOCKET_RATE: '5' },
    })
    const client = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId) })
    for (let count = 0; count < 11; count++) client.send('timeline.home')
    const [, , error] = await client.answerTo(11)
    expect(error).toMatchObject({ code: 'rate_limited', retry: 'later' })
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0)
    for (let count = 0; count < 130 && client.closed === undefined; count++) {
      client.send('timeline.home')
    }
    expect((await client.untilClosed()).code).toBe(4101)
  })
})

describe('when a shard goes away', () => {
  test('what was asked is answered at once: a read as undone, a write as unknown', async () => {
    await using world = await startGatewayWorld({ shard: { answer: () => 'silence' } })
    const client = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId) })
    const read = client.send('timeline.home')
    const write = client.send('tweet.post', { text: 'hello', operationId: 'once' })
    await eventually(() => world.shard.requests.length === 3, { withinMs: 5_000 })
    await world.shard.close()
    expect((await client.answerTo(read))[2]).toMatchObject({ code: 'unavailable', retry: 'later' })
    expect((await client.answerTo(write))[2]).toMatchObject({
      code: 'unknown_outcome',
      retry: 'same',
    })
    const startedAtMs = performance.now()
    expect((await client.request('timeline.home'))[2]).toMatchObject({ code: 'unavailable' })
    inTime('refusing what nobody serves', performance.now() - startedAtMs, 1_000)
    client.close()
  })

  test('or says nothing for too long, the request is answered `timeout`', async () => {
    await using world = await startGatewayWorld({ shard: { answer: () => 'silence' } })
    const client = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId) })
    expect((await client.request('timeline.home'))[2]).toMatchObject({
      code: 'timeout',
      retry: 'same',
    })
    client.close()
  })

  test('or no longer serves a partition, requests for it are `unavailable`, others are answered', async () => {
    await using world = await startGatewayWorld({ shard: { answer } })
    const client = await TestClient.open(world.liveUrl)
    world.shard.tell({ serving: [0, 1, 2], hosted: [0, 1, 2] })
    await eventually(
      () => world.server.whyNotReady() === 'nobody serves partition 3 and 60 others',
      {
        withinMs: 5_000,
      },
    )
    expect((await client.request('user.get', { user: 3 * 16 }))[2]).toMatchObject({
      code: 'unavailable',
      retryAfterMs: 200,
    })
    expect((await client.request('user.get', { user: 2 * 16 }))[1]).toMatchObject({ user: {} })
    client.close()
  })
})
