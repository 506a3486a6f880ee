// A gateway against a fake shard: the HTTP side, from the route to the headers of the answer.

import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failure } from '../../protocol/errors.ts'
import { unpack } from '../../protocol/frame.ts'
import { firstIdAt } from '../../protocol/ids.ts'
import type { FakeAnswer, FakeRequest } from '../helpers/fake-shard.ts'
import { encodeAnswer, makeUser } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { startGatewayWorld } from '../helpers/gateway-world.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const tweetId = userId + 4096 * 1000

const tweet = {
  id: tweetId,
  authorId: userId,
  text: 'says "olderCursor":"1"',
  createdAt: Date.UTC(2026, 6, 1),
  entities: { mentions: [], hashtags: [], urls: [] },
  counts: { favorites: 0, retweets: 0, replies: 0 },
}

const answers: Record<string, (request: FakeRequest) => FakeAnswer> = {
  'tweet.post': ({ operation }) => encodeAnswer(operation, { tweet }),
  'timeline.user': ({ operation }) =>
    encodeAnswer(operation, { tweets: [tweet], users: [makeUser(userId)], olderCursor: tweetId }),
  'user.get': ({ operation }) => encodeAnswer(operation, { user: makeUser(userId) }),
  'session.end': ({ operation }) => encodeAnswer(operation, {}),
  'tweet.favorite': ({ operation }) => encodeAnswer(operation, { favorites: 3 }),
}

const answer = (request: FakeRequest): FakeAnswer =>
  answers[request.operation.name]?.(request) ?? { error: failure('not_found') }

describe('the HTTP side of a gateway', () => {
  let world: GatewayWorld
  let token: string
  beforeAll(async () => {
    world = await startGatewayWorld({ shard: { answer }, env: { ROOKERY_HTTP_RATE: '1000' } })
  })
  beforeEach(() => {
    token = world.shard.makeToken(userId)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${world.httpUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    })
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    call('/v1/tweets', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })

  test('a tweet is made: 201, where it is, and how much of the rate is left', async () => {
    const response = await post({ text: 'hello' }, { 'idempotency-key': 'once' })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe(`/v1/tweets/${tweetId}`)
    expect(response.headers.get('x-ratelimit-limit')).toBe('2000')
    expect(Number(response.headers.get('x-ratelimit-remaining'))).toBeLessThan(2000)
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]+$/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.json()).toMatchObject({ tweet: { id: String(tweetId) } })
    expect(world.shard.requests.at(-1)?.params).toEqual({ text: 'hello', operationId: 'once' })
  })

  test('a page says where the next one is, whatever its texts say', async () => {
    const response = await call(`/v1/users/${userId}/tweets?limit=1`)
    expect(response.status).toBe(200)
    expect(response.headers.get('link')).toBe(
      `<${world.httpUrl}/v1/users/${userId}/tweets?limit=1&before=${tweetId}>; rel="next"`,
    )
    expect(world.shard.requests.at(-1)?.params).toEqual({ userId, limit: 1 })
  })

  test('a user is found by id and by handle, encoded or not', async () => {
    for (const [path, reference] of [
      [`/v1/users/${userId}`, { id: userId }],
      ['/v1/users/@somebody', { handle: 'somebody' }],
      ['/v1/users/%40somebody', { handle: 'somebody' }],
    ] as const) {
      expect((await call(path)).status).toBe(200)
      expect(world.shard.requests.at(-1)?.params).toEqual({ user: reference })
    }
  })

  test('MessagePack is answered to who accepts it', async () => {
    const response = await call(`/v1/users/${userId}`, {
      headers: { accept: 'application/msgpack' },
    })
    expect(response.headers.get('content-type')).toBe('application/msgpack')
    const body = unpack(Buffer.from(await response.arrayBuffer()))
    expect(body).toMatchObject({ user: { id: userId } })
  })

  test('a PUT without a body is a request like any other', async () => {
    const response = await call(`/v1/tweets/${tweetId}/favorite`, { method: 'PUT' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ favorites: 3 })
  })

  test('signing out answers 204 without a body, and the token is nobody from then on', async () => {
    const response = await call('/v1/sessions/current', { method: 'DELETE' })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    world.shard.tokens.delete(token)
    expect((await post({ text: 'hello' })).status).toBe(401)
  })

  test('HEAD answers the headers of GET', async () => {
    const response = await call(`/v1/users/${userId}`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100)
  })

  test.each([
    ['an unknown field', { text: 'a', color: 'red' }, 400, 'bad_request', 'color'],
    ['a missing field', {}, 400, 'bad_request', 'text'],
    ['text that is too long', { text: 'a'.repeat(281) }, 400, 'bad_request', 'text'],
    ['JSON that is none', '{', 400, 'bad_request', undefined],
    ['a key of the prototype', '{"text":"a","__proto__":{"b":1}}', 400, 'bad_request', '__proto__'],
    ['a body that is too large', { text: 'a'.repeat(20_000) }, 413, 'too_large', undefined],
  ])('%s is refused with a problem that names it', async (_, body, status, code, field) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = (await response.json()) as Record<string, unknown>
    expect(problem).toMatchObject({
      status,
      code,
      retry: 'never',
      type: `urn:rookery:problem:${code}`,
    })
    expect(problem['field']).toBe(field)
    expect(problem['requestId']).toBe(response.headers.get('x-request-id'))
  })

  test('a body of another type is refused with 415', async () => {
    expect((await post('text=a', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('two different keys for one effect are refused', async () => {
    const response = await post({ text: 'a', operationId: 'one' }, { 'idempotency-key': 'two' })
    expect(await response.json()).toMatchObject({ code: 'bad_request', field: 'operationId' })
  })

  test('an unknown path is 404, a wrong method 405 with those that are right', async () => {
    const unknown = await call('/v1/nothing')
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ code: 'not_found' })
    const wrong = await call(`/v1/tweets/${tweetId}`, { method: 'POST' })
    expect(wrong.status).toBe(405)
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, DELETE')
    expect((await call('/v1/live')).status).toBe(426)
  })

  test('a token that is none, or nobody, is 401', async () => {
    for (const authorization of ['Bearer nonsense', 'Basic abc', 'Bearer ']) {
      const response = await call('/v1/timelines/home', { headers: { authorization } })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
    }
    const anonymous = await fetch(`${world.httpUrl}/v1/timelines/home`)
    expect(anonymous.status).toBe(401)
  })

  test('a cookie counts for a page of this server and for no other', async () => {
    const favorite = (headers: Record<string, string>): Promise<number> =>
      rawStatus(world.port, {
        method: 'PUT',
        path: `/v1/tweets/${tweetId}/favorite`,
        headers: { cookie: `theme=dark; rookery_session=${token}`, ...headers },
      })
    expect(await favorite({})).toBe(403)
    expect(await favorite({ origin: 'http://evil.example' })).toBe(403)
    expect(await favorite({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await favorite({ origin: world.httpUrl })).toBe(200)
    expect(await favorite({ 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  test('a Host that is none puts no link into an answer', async () => {
    const headers = { host: 'a"b', authorization: `Bearer ${token}` }
    const path = `/v1/users/${userId}/tweets`
    expect(await rawHeader(world.port, { path, headers }, 'link')).toBeUndefined()
  })

  test('a shard that is away is 503, with when to come back', async () => {
    world.shard.cut()
    const response = await call(`/v1/users/${userId}`)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toMatchObject({ code: 'unavailable', retry: 'later' })
  })

  test('the OpenAPI document has every route, and names tweets and users', async () => {
    const document = (await (await fetch(`${world.httpUrl}/openapi.json`)).json()) as {
      openapi: string
      paths: Record<string, Record<string, unknown>>
      components: { schemas: Record<string, unknown> }
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths['/v1/tweets/{tweetId}'] ?? {})).toEqual(['get', 'delete'])
    expect(Object.keys(document.components.schemas).sort()).toEqual(['Problem', 'Tweet', 'User'])
  })

  test('/livez lives and /readyz is ready', async () => {
    expect((await fetch(`${world.httpUrl}/livez`)).status).toBe(200)
    expect([200, 503]).toContain((await fetch(`${world.httpUrl}/readyz`)).status)
  })
})

test('who asks too often is told when to go on', async () => {
  await using world = await startGatewayWorld({
    shard: { answer },
    env: { ROOKERY_HTTP_RATE: '1' },
  })
  const statuses: number[] = []
  for (let count = 0; count < 4; count++) {
    statuses.push((await fetch(`${world.httpUrl}/v1/users/@a`)).status)
  }
  expect(statuses.slice(0, 2)).toEqual([200, 200])
  const refused = await fetch(`${world.httpUrl}/v1/users/@a`)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(refused.headers.get('retry-after')).toBe('1')
})

test('clients that go away in the middle harm nobody', async () => {
  await using world = await startGatewayWorld({ shard: { answer: () => 'silence' } })
  const sockets = Array.from({ length: 50 }, (_, index) => {
    const socket = connect(world.port, '127.0.0.1')
    const head = 'POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
    socket.on('error', () => socket.destroy())
    socket.write(`${head}Content-Length: 100\r\n\r\n${'{'.repeat(index)}`)
    return socket
  })
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
  )
  for (const socket of sockets) socket.destroy()
  expect((await fetch(`${world.httpUrl}/livez`)).status).toBe(200)
})

type RawRequest = { method?: string; path: string; headers: Record<string, string> }

/** Node's own client: it sends Host, Cookie and Origin as they are. */
function raw(port: number, options: RawRequest) {
  return new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', ...options }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, headers: response.headers })
    })
    request.on('error', reject)
    request.end()
  })
}

async function rawStatus(port: number, options: RawRequest): Promise<number> {
  return (await raw(port, options)).status
}

async function rawHeader(port: number, options: RawRequest, name: string): Promise<unknown> {
  return (await raw(port, options)).headers[name]
}
