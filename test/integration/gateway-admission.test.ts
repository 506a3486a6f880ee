// Who may open a socket, who has to leave, and with which code.

import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { makeToken } from '../../protocol/credentials.ts'
import { firstIdAt, type UserId } from '../../protocol/ids.ts'
import { eventually } from '../helpers/eventually.ts'
import { encodeAnswer, FakeShard, makeUser } from '../helpers/fake-shard.ts'
import { startGatewayWorld, TestClient } from '../helpers/gateway-world.ts'

const userId = (firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16) as UserId

/** The status with which an upgrade is refused, or the subprotocol with which it is accepted. */
function upgrade(
  liveUrl: string,
  options: { subprotocols?: string[]; headers?: Record<string, string> } = {},
): Promise<number | string> {
  const socket = new WebSocket(liveUrl, options.subprotocols ?? [], {
    headers: options.headers ?? {},
  })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => {
      resolve(socket.protocol)
      socket.terminate()
    })
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0)
      request.destroy()
    })
  })
}

describe('the upgrade', () => {
  test('chooses the first subprotocol that it speaks; none is JSON; only unknown ones are 400', async () => {
    await using world = await startGatewayWorld()
    const offer = (...subprotocols: string[]) => upgrade(world.liveUrl, { subprotocols })
    expect(await offer('other', 'rookery.v1.msgpack', 'rookery.v1.json')).toBe('rookery.v1.msgpack')
    expect(await offer('rookery.v1.json')).toBe('rookery.v1.json')
    expect(await offer()).toBe('')
    expect(await offer('other', 'toString')).toBe(400)
  })

  test('refuses pages of other origins, and takes those of its own host and the named ones', async () => {
    await using world = await startGatewayWorld({
      env: { ROOKERY_ORIGINS: 'https://app.example' },
    })
    const from = (origin: string) => upgrade(world.liveUrl, { headers: { origin } })
    expect(await from(`http://127.0.0.1:${world.port}`)).toBe('')
    expect(await from('https://app.example')).toBe('')
    for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null']) {
      expect(await from(origin)).toBe(403)
    }
  })

  test('knows a token of the header at once, and refuses one that is nobody', async () => {
    await using world = await startGatewayWorld()
    const token = world.shard.makeToken(userId)
    const withToken = (authorization: string) =>
      upgrade(world.liveUrl, { headers: { authorization } })
    expect(await withToken(`Bearer ${token}`)).toBe('')
    const other = token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const wrong of [`Bearer ${other}`, 'Bearer x', 'Basic x']) {
      expect(await withToken(wrong)).toBe(401)
    }
  })

  test('that is for somebody is theirs alone: not of another session, of no session, nor for what is no id', async () => {
    await using world = await startGatewayWorld()
    const authorization = `Bearer ${world.shard.makeToken(userId)}`
    const upgradeFor = (query: string, headers: Record<string, string> = { authorization }) =>
      upgrade(`${world.liveUrl}?${query}`, { headers })
    expect(await upgradeFor(`user=${userId}`)).toBe('')
    expect(await upgradeFor('')).toBe('')
    expect(await upgradeFor(`user=${userId + 16}`)).toBe(401)
    expect(await upgradeFor(`user=${userId}`, {})).toBe(401)
    for (const wrong of ['user=', 'user=@ada', `user=${userId}&user=${userId}`]) {
      expect(await upgradeFor(wrong)).toBe(400)
    }
  })

  test('takes the cookie of a page of its own, and no cookie of anybody who hides where it comes from', async () => {
    await using world = await startGatewayWorld()
    const cookie = `rookery_session=${world.shard.makeToken(userId)}`
    const origin = `http://127.0.0.1:${world.port}`
    expect(await upgrade(world.liveUrl, { headers: { cookie, origin } })).toBe('')
    expect(await upgrade(world.liveUrl, { headers: { cookie } })).toBe(403)
  })

  test('is 503 for a token while the shard is away: at once, not after a timeout', async () => {
    await using world = await startGatewayWorld()
    const authorization = `Bearer ${world.shard.makeToken(userId)}`
    await world.shard.close()
    await eventually(() => world.server.whyNotReady() !== undefined, { withinMs: 5_000 })
    expect(await upgrade(world.liveUrl, { headers: { authorization } })).toBe(503)
  })

  test('is refused when there are too many sockets: of one address, of strangers, of all', async () => {
    await using byAddress = await startGatewayWorld({ env: { ROOKERY_ADDRESS_CONNECTIONS: '1' } })
    await using ofStrangers = await startGatewayWorld({
      env: { ROOKERY_UNAUTHENTICATED_CONNECTIONS: '1' },
    })
    await using ofAll = await startGatewayWorld({ env: { ROOKERY_CONNECTIONS: '1' } })
    for (const [world, status] of [
      [byAddress, 429],
      [ofStrangers, 503],
      [ofAll, 503],
    ] as const) {
      const first = await TestClient.open(world.liveUrl)
      expect(await upgrade(world.liveUrl)).toBe(status)
      first.close()
      // Nothing is held for a socket that is gone.
      await eventually(async () => (await upgrade(world.liveUrl)) === '', { withinMs: 5_000 })
    }
  })

  test('headers that never end are cut off, and disturb nobody', async () => {
    await using world = await startGatewayWorld()
    const slow = connect(world.port, '127.0.0.1')
    let isClosed = false
    slow.on('close', () => {
      isClosed = true
    })
    slow.on('error', () => slow.destroy())
    slow.write('GET /v1/live HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    expect(await upgrade(world.liveUrl)).toBe('')
    await eventually(() => isClosed, { withinMs: 30_000 })
  })
})

// The native layer closed a socket whose upgrade had waited for a shard and whose request said
// `Connection: close`, then told of it as open and never of its end: it was counted for ever.
test('an upgrade that wants the connection closed is refused, and counts as nothing', async () => {
  await using world = await startGatewayWorld()
  for (const connection of [['close'], ['close', 'Upgrade']]) {
    const socket = connect(world.port, '127.0.0.1')
    let received = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    const lines = [
      'GET /v1/live HTTP/1.1',
      'Host: localhost',
      ...connection.map((value) => `Connection: ${value}`),
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${world.shard.makeToken(userId)}`,
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    await eventually(() => received.startsWith('HTTP/1.1 400 '), {
      withinMs: 5_000,
      elseDump: () => received,
    })
    socket.destroy()
  }
  const connections = world.server.metrics.registry.getSingleMetric('rookery_gateway_connections')
  expect((await connections?.get())?.values[0]?.value).toBe(0)
})

describe('a socket has to leave', () => {
  test('when nobody signed in in time: 4001', async () => {
    await using world = await startGatewayWorld({ env: { ROOKERY_SIGN_IN_TIMEOUT_MS: '100' } })
    const stranger = await TestClient.open(world.liveUrl)
    const known = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(userId) })
    expect((await stranger.untilClosed()).code).toBe(4001)
    expect(known.closed).toBeUndefined()
    known.close()
  })

  test('when its user has too many: 4009 for the newest', async () => {
    await using world = await startGatewayWorld({ env: { ROOKERY_USER_CONNECTIONS: '2' } })
    const token = world.shard.makeToken(userId)
    const clients: TestClient[] = []
    for (let count = 0; count < 3; count++) {
      clients.push(await TestClient.open(world.liveUrl, { token }))
    }
    expect((await clients[2]!.untilClosed()).code).toBe(4009)
    expect(clients.slice(0, 2).map((client) => client.closed)).toEqual([undefined, undefined])
    for (const client of clients) client.close()
  })

  test('when its session ends anywhere: 4010, and only those of that session', async () => {
    await using world = await startGatewayWorld()
    const token = world.shard.makeToken(userId)
    const other = world.shard.makeToken(userId)
    const [first, second, third] = await Promise.all([
      TestClient.open(world.liveUrl, { token }),
      TestClient.open(world.liveUrl, { token, encoding: 'json' }),
      TestClient.open(world.liveUrl, { token: other }),
    ])
    world.shard.endSession(token)
    expect((await first.untilClosed()).code).toBe(4010)
    expect((await second.untilClosed()).code).toBe(4010)
    expect(third.closed).toBeUndefined()
    third.close()
  })

  test('when a check finds that the session is gone, although nobody told', async () => {
    await using world = await startGatewayWorld({ env: { ROOKERY_SESSION_CHECK_MS: '1000' } })
    const token = world.shard.makeToken(userId)
    const client = await TestClient.open(world.liveUrl, { token })
    world.shard.tokens.delete(token)
    expect((await client.untilClosed()).code).toBe(4010)
  })

  test('when it speaks the wrong kind of frames: an error, then 4000', async () => {
    await using world = await startGatewayWorld()
    const client = await TestClient.open(world.liveUrl, { encoding: 'json' })
    client.socket.send(Buffer.from([0x93]))
    expect((await client.untilClosed()).code).toBe(4000)
    expect(client.frames).toMatchObject([[0, null, { code: 'bad_request' }]])
  })
})

describe('a cluster link', () => {
  test('carries nothing to a shard that does not know the secret', async () => {
    await using world = await startGatewayWorld({
      shard: { secret: 'another secret' },
      isLinkAwaited: false,
    })
    const client = await TestClient.open(world.liveUrl)
    const [, , error] = await client.request('user.get', { user: '@a' })
    expect(error).toMatchObject({ code: 'unavailable', retry: 'later' })
    expect(world.shard.gatewayCount).toBe(0)
    client.close()
  })

  test('comes back by itself, also where the shard has a new address', async () => {
    await using world = await startGatewayWorld()
    world.shard.cut()
    await eventually(() => world.server.whyNotReady() !== undefined, { withinMs: 5_000 })
    await eventually(() => world.server.whyNotReady() === undefined, { withinMs: 5_000 })
    const moved = await FakeShard.start({
      answer: ({ operation }) => encodeAnswer(operation, { user: makeUser(7) }),
    })
    world.server.shards.setAddresses({ 'shard-0': moved.address })
    await eventually(() => moved.gatewayCount === 1, { withinMs: 5_000 })
    const client = await TestClient.open(world.liveUrl)
    expect(await client.request('user.get', { user: '@a' })).toMatchObject([1, { user: { id: 7 } }])
    client.close()
    await moved.close()
  })
})

test('made-up tokens on open sockets are limited by address, however many the sockets; a known one is not', async () => {
  await using world = await startGatewayWorld({ env: { ROOKERY_HTTP_RATE: '1' } })
  const token = world.shard.makeToken(userId)
  const known = await TestClient.open(world.liveUrl, { token })
  const clients = await Promise.all([1, 2].map(() => TestClient.open(world.liveUrl)))
  const codes = new Set<string>()
  for (const client of clients) {
    const ids = Array.from({ length: 20 }, (_, number) =>
      client.send('session.resume', { token: makeToken(userId, new Uint8Array(32).fill(number)) }),
    )
    for (const id of ids) codes.add(((await client.answerTo(id))[2] as { code: string }).code)
  }
  expect(codes).toContain('rate_limited')
  expect((await known.request('session.resume', { token }))[1]).toMatchObject({ user: {} })
  for (const client of [...clients, known]) client.close()
})
