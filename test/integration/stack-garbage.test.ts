// I10: no input can crash a process of the real stack, block it, or make it hold more than its limit.
// Ten thousand frames of garbage from strangers and from people who are signed in, and garbage over
// HTTP; every one is answered with an error or its connection is closed, and a good client of the same
// gateway never notices.

import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CallFailure, Client } from '../../loadtest/client/client.ts'
import { unpack } from '../../protocol/frame.ts'
import { httpBodyBytesMax } from '../../protocol/limits.ts'
import { peakMemoryBytes } from '../helpers/cluster-processes.ts'
import { eventually } from '../helpers/eventually.ts'
import { makeRandom } from '../helpers/garbage.ts'
import type { Encoding, GarbageFrame } from '../helpers/garbage-of-operations.ts'
import { garbageFrame, operationsWithFields } from '../helpers/garbage-of-operations.ts'
import { http, signUp } from '../helpers/people.ts'
import { handleOn, sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster({ env: { ROOKERY_SIGN_IN_TIMEOUT_MS: '600000' } })
const framesPerEncoding = 5_000
const socketsAtOnce = 10
const gatewayMemoryBytesMax = 300 * 1024 * 1024
const answerWithinMs = 20_000
/** What an error must never show: a line of a stack, a path of the source. */
const traceOfCode = /\n\s+at |node_modules|\.ts:\d+|node:internal/

/** One socket that sends a frame at a time and tells what became of it. */
class GarbageSocket {
  readonly #socket: WebSocket
  #settle: ((outcome: unknown) => void) | undefined
  isOpen = true

  private constructor(socket: WebSocket, encoding: Encoding) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      this.#settle?.(encoding === 'msgpack' ? unpack(data) : JSON.parse(data.toString()))
    })
    socket.on('close', (code) => {
      this.isOpen = false
      this.#settle?.({ closed: code })
    })
    socket.on('error', () => socket.terminate())
  }

  static async open(encoding: Encoding, token: string | undefined): Promise<GarbageSocket> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const socket = new WebSocket(cluster().liveUrl, [`rookery.v1.${encoding}`], { headers })
    const garbage = new GarbageSocket(socket, encoding)
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return garbage
  }

  /** The answer, or `{ closed: code }`. */
  async send(frame: GarbageFrame, isBinary: boolean): Promise<unknown> {
    let outcome: unknown
    this.#settle = (seen) => {
      outcome ??= seen
    }
    this.#socket.send(frame.bytes, { binary: isBinary })
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`neither answered nor closed: ${describeFrame(frame)}`)),
        answerWithinMs,
      )
      const settled = (seen: unknown) => {
        clearTimeout(timer)
        outcome = seen
        resolve()
      }
      if (outcome === undefined) this.#settle = settled
      else settled(outcome)
    })
    return outcome
  }

  close(): void {
    this.#socket.terminate()
  }
}

const describeFrame = ({ kind, bytes }: GarbageFrame) =>
  `${kind}: ${bytes.subarray(0, 200).toString('hex')}`

/** Every request of a frame is answered with an error; or the socket is closed for a named reason. */
function expectRefused(frame: GarbageFrame, outcome: unknown): void {
  const what = `${describeFrame(frame)} -> ${JSON.stringify(outcome)?.slice(0, 500)}`
  if (typeof outcome === 'object' && outcome !== null && 'closed' in outcome) {
    // 1006 and 1009 are how the native layer ends a socket that sends too much.
    expect([4000, 1006, 1009, 1007, 1002], what).toContain(outcome.closed)
    return
  }
  const [id, result, error] = outcome as [number, unknown, { code: string; message: string }]
  expect(Number.isSafeInteger(id), what).toBe(true)
  expect(result, what).toBeNull()
  expect(error.code, what).toMatch(/^[a-z_]+$/)
  expect(error.code, what).not.toBe('internal')
  expect(error.message, what).not.toMatch(traceOfCode)
}

async function sendGarbage(encoding: Encoding, options: { seed: number; token: string }) {
  const random = makeRandom(options.seed)
  const kinds = new Set<string>()
  let left = framesPerEncoding
  const worker = async (isSignedIn: boolean): Promise<void> => {
    let socket: GarbageSocket | undefined
    let id = 0
    while (left-- > 0) {
      if (socket?.isOpen !== true) {
        socket = await GarbageSocket.open(encoding, isSignedIn ? options.token : undefined)
        id = 0
      }
      const frame = garbageFrame(random, { encoding, id: ++id + 1000 })
      kinds.add(frame.kind)
      expectRefused(frame, await socket.send(frame, encoding === 'msgpack'))
    }
    socket?.close()
  }
  await Promise.all(Array.from({ length: socketsAtOnce }, (_, index) => worker(index % 2 === 0)))
  return kinds
}

/** Somebody who uses the server as it is meant, all the while; gives how long each request took. */
async function goodClient(isOver: () => boolean): Promise<number[]> {
  await using client = await Client.open({ url: cluster().url, retriesMax: 0 })
  const handle = handleOn('shard-1', 'good')
  await client.call('account.create', { handle, name: 'Good', password: 'a good password' })
  const tookMs: number[] = []
  while (!isOver()) {
    const startedAtMs = performance.now()
    if (tookMs.length % 10 === 0) await client.call('tweet.post', { text: `${tookMs.length}` })
    else if (tookMs.length % 2 === 0) await client.call('timeline.home', {})
    else await client.call('user.get', { user: { handle } })
    tookMs.push(performance.now() - startedAtMs)
  }
  return tookMs.sort((one, other) => one - other)
}

test('ten thousand frames of garbage are each refused, and hurt nobody (I10)', async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  console.info(`seed of the garbage: ${seed}`)
  const { token } = await signUp(cluster(), 'shard-0', 'bad')
  const processes = cluster().processes()
  let isOver = false
  const good = goodClient(() => isOver)
  good.catch((error: unknown) => {
    if (error instanceof CallFailure) console.error('the good client was refused', error.body)
  })
  const kinds = new Set<string>()
  for (const encoding of ['msgpack', 'json'] as const) {
    for (const kind of await sendGarbage(encoding, { seed, token })) kinds.add(kind)
  }
  isOver = true
  const tookMs = await good
  for (const { name } of operationsWithFields) expect(kinds).toContain(`wrong field of ${name}`)
  expect(cluster().processes()).toEqual(processes)
  const memoryBytes = peakMemoryBytes(cluster().pidOf('gateway-0'))
  expect(memoryBytes).toBeLessThan(gatewayMemoryBytesMax)
  expect(tookMs.length).toBeGreaterThan(100)
  expect((await fetch(`${cluster().url}/readyz`)).status).toBe(200)
  const p99Ms = tookMs[Math.floor(tookMs.length * 0.99)] ?? 0
  console.info(
    `good client: ${tookMs.length} requests, p50 ${tookMs[tookMs.length >> 1]?.toFixed(1)} ms, ` +
      `p99 ${p99Ms.toFixed(1)} ms, worst ${tookMs.at(-1)?.toFixed(1)} ms; ` +
      `gateway at most ${Math.round(memoryBytes / 1024 / 1024)} MB; ${kinds.size} kinds of garbage`,
  )
})

describe('garbage over HTTP is a problem with the right status (I10)', () => {
  const json = { 'content-type': 'application/json' }
  const cases: readonly [string, number, Parameters<typeof http>[1]][] = [
    ['an unknown path', 404, { path: '/v2/nothing' }],
    ['a path that climbs', 404, { path: '/v1/..%2f..%2fetc/passwd' }],
    ['a path that is no UTF-8', 400, { path: '/v1/users/%ff%fe' }],
    ['a path that is half an escape', 400, { path: '/v1/users/%' }],
    ['an id beyond all integers', 400, { path: `/v1/tweets/${'9'.repeat(30)}` }],
    ['an id that is none', 400, { path: '/v1/tweets/one' }],
    ['a tweet that cannot exist', 404, { path: '/v1/tweets/1' }],
    ['a query that is given twice', 400, { path: '/v1/users/1/tweets?limit=1&limit=2' }],
    ['a query that nobody knows', 400, { path: '/v1/users/1/tweets?__proto__=1' }],
    ['a limit out of bounds', 400, { path: '/v1/users/1/tweets?limit=101' }],
    ['a method that is not there', 405, { method: 'PATCH', path: '/v1/tweets' }],
    ['a method of another path', 405, { method: 'DELETE', path: '/v1/users' }],
    ['a socket without an upgrade', 426, { path: '/v1/live' }],
    ['no token', 401, { path: '/v1/timelines/home' }],
    ['a token that is none', 401, { path: '/v1/timelines/home', token: 'nonsense' }],
    [
      'a scheme that is not ours',
      401,
      { path: '/v1/timelines/home', headers: { authorization: 'Basic eDp5' } },
    ],
    ['half a body', 400, { method: 'POST', path: '/v1/users', body: '{"handle":' }],
    ['a body that is a list', 400, { method: 'POST', path: '/v1/users', body: '[]' }],
    ['a body that is null', 400, { method: 'POST', path: '/v1/users', body: 'null' }],
    ['a deep body', 400, { method: 'POST', path: '/v1/users', body: '['.repeat(15_000) }],
    ['a poisoned body', 400, { method: 'POST', path: '/v1/users', body: '{"__proto__":{"a":1}}' }],
    [
      'a body of another type',
      415,
      { method: 'POST', path: '/v1/users', body: 'a=b', headers: { 'content-type': 'text/plain' } },
    ],
    [
      'a body of garbage in MessagePack',
      400,
      {
        method: 'POST',
        path: '/v1/users',
        body: '\u00ddxxxx',
        headers: { 'content-type': 'application/msgpack' },
      },
    ],
    [
      'a body that is too large',
      413,
      { method: 'POST', path: '/v1/users', body: 'x'.repeat(httpBodyBytesMax + 1), headers: json },
    ],
    [
      'a key that is too long',
      400,
      {
        method: 'POST',
        path: '/v1/users',
        body: '{}',
        headers: { 'idempotency-key': 'k'.repeat(100) },
      },
    ],
  ]

  test.each(cases)('%s: %i', async (_, status, request) => {
    const answer = await http(cluster(), request)
    expect(answer.status, answer.text).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) })
    expect(answer.text).not.toMatch(traceOfCode)
  })

  test('bytes that are no HTTP at all end the connection, and nothing else', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32)
    console.info(`seed of the bytes: ${seed}`)
    const random = makeRandom(seed)
    const processes = cluster().processes()
    const noise = () => Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)))
    const starts = [
      Buffer.from('\r\n\r\n'),
      Buffer.from('GET / HTTP/9.9\r\n\r\n'),
      Buffer.from('GET  HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.from('POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n'),
      Buffer.from(
        'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      ),
      Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(500)}\r\n`),
      Buffer.from(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
      Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 'latin1'),
    ]
    const all = [...starts, ...Array.from({ length: 200 }, noise)]
    await Promise.all(all.map((bytes) => sendAndHangUp(bytes)))
    expect((await fetch(`${cluster().url}/livez`)).status).toBe(200)
    expect(cluster().processes()).toEqual(processes)
  })
})

/** Sends bytes, ends its side, and resolves when the other side has closed, too. */
async function sendAndHangUp(bytes: Buffer): Promise<void> {
  let answer = ''
  let isClosed = false
  const socket = connect(cluster().port, '127.0.0.1')
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    isClosed = true
  })
  socket.end(bytes)
  await eventually(() => isClosed, {
    withinMs: answerWithinMs,
    elseDump: () => ({ bytes: bytes.toString('hex').slice(0, 400), answer }),
  })
  expect(answer).not.toMatch(/^HTTP\/1\.1 2/)
  expect(answer).not.toMatch(traceOfCode)
}
