// Those who want more than their share of the running server: too many sockets, too many tries at a
// password, and connections that are held open for as long as they can be.

import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { httpBodyBytesMax } from '../../protocol/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'
import { http, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const userSocketsMax = 3
const addressSocketsMax = 20
/** Long enough for all sockets of an address to be there at once. */
const signInTimeoutMs = 5_000
/** What a slow connection may take until it is closed. */
const slowClosedWithinMs = 15_000
const triesMax = 5

const cluster = sharedCluster({
  env: {
    ROOKERY_USER_CONNECTIONS: String(userSocketsMax),
    ROOKERY_ADDRESS_CONNECTIONS: String(addressSocketsMax),
    ROOKERY_SIGN_IN_TIMEOUT_MS: String(signInTimeoutMs),
  },
})

describe('sockets', () => {
  test('one more than a user may have is closed with 4009; a place that is given back counts', async () => {
    const { token } = await signUp(cluster())
    const clients: TestClient[] = []
    for (let count = 0; count < userSocketsMax; count++) {
      clients.push(await TestClient.open(cluster().liveUrl, { token }))
    }
    const tooMuch = await TestClient.open(cluster().liveUrl, { token })
    expect((await tooMuch.untilClosed()).code).toBe(4009)
    for (const client of clients) {
      expect((await client.request('timeline.home'))[2]).toBeUndefined()
    }
    clients[0]?.close()
    await eventually(
      async () => {
        const client = await TestClient.open(cluster().liveUrl, { token })
        const answered = client.request('timeline.home').then(() => true)
        const isIn = await Promise.race([answered, client.untilClosed().then(() => false)])
        client.close()
        return isIn
      },
      { withinMs: 10_000 },
    )
    for (const client of clients) client.close()
  })

  test('one more than an address may have is refused with 429; another address is served', async () => {
    const crowd = '127.0.0.77'
    const sockets: WebSocket[] = []
    for (let count = 0; count < addressSocketsMax; count++) {
      sockets.push(new WebSocket(cluster().liveUrl, { localAddress: crowd }))
    }
    await eventually(() => sockets.every(({ readyState }) => readyState === WebSocket.OPEN), {
      withinMs: 10_000,
    })
    const refused = new WebSocket(cluster().liveUrl, { localAddress: crowd })
    refused.on('error', () => undefined) // It is cut off below, before it ever was a socket.
    const status = await new Promise((resolve, reject) => {
      refused.once('unexpected-response', (_, response) => resolve(response.statusCode))
      refused.once('open', () => reject(new Error('one too many was let in')))
    })
    expect(status).toBe(429)
    const { token } = await signUp(cluster())
    const elsewhere = await TestClient.open(cluster().liveUrl, { token })
    expect((await elsewhere.request('timeline.home'))[2]).toBeUndefined()
    for (const socket of [...sockets, refused, elsewhere.socket]) socket.terminate()
  })

  test('who does not sign in is closed with 4001', async () => {
    const client = await TestClient.open(cluster().liveUrl, {})
    expect((await client.untilClosed()).code).toBe(4001)
  })
})

describe('tries at a password', () => {
  const signIn = (handle: string, password: string) =>
    http(cluster(), { method: 'POST', path: '/v1/sessions', body: { handle, password } })

  test('the sixth wrong one is rate_limited and says until when; so is then the right one', async () => {
    const { handle, password } = await signUp(cluster(), 'shard-1')
    for (let count = 0; count < triesMax; count++) {
      const answer = await signIn(handle, 'not the password')
      expect(answer.status).toBe(401)
      expect(answer.body).toMatchObject({ code: 'wrong_credentials', retry: 'never' })
    }
    for (const tried of ['not the password', password]) {
      const answer = await signIn(handle, tried)
      expect(answer.status).toBe(429)
      expect(answer.body).toMatchObject({ code: 'rate_limited', retry: 'later' })
      expect((answer.body as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(60_000)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60)
    }
    const other = await signUp(cluster(), 'shard-1')
    expect((await signIn(other.handle, other.password)).status).toBe(201)
  })

  test('many at once are no more than one after the other', async () => {
    const { handle } = await signUp(cluster())
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => signIn(handle, 'not the password')),
    )
    const tried = answers.filter(({ status }) => status === 401)
    expect(tried.length).toBeLessThanOrEqual(triesMax)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30 - tried.length)
  })

  test('a handle that nobody has is answered like a wrong password', async () => {
    const { handle } = await signUp(cluster())
    const known = await signIn(handle, 'not the password')
    const unknown = await signIn('nobody_is_this', 'not the password')
    const told = ({ status, body }: typeof known) => ({
      ...(body as object),
      status,
      requestId: '',
    })
    expect(told(unknown)).toEqual(told(known))
    for (let count = 1; count < triesMax; count++) await signIn('nobody_is_this', 'another try')
    expect((await signIn('nobody_is_this', 'one more')).status).toBe(429)
  })
})

describe('bodies', () => {
  test('one that is too large is refused when its length is told, and when it is not', async () => {
    const body = 'x'.repeat(httpBodyBytesMax + 1)
    const told = await http(cluster(), { method: 'POST', path: '/v1/users', body })
    expect(told.status).toBe(413)
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const { answer } = await slowly(
      [head('POST /v1/users', 'Transfer-Encoding: chunked'), chunk, chunk],
      { everyMs: 10 },
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe.concurrent('a connection that takes its time is closed within 15 s', () => {
  const cases: readonly [string, string[], string | undefined][] = [
    ['says nothing', [], undefined],
    ['stops in the middle of its headers', ['GET /livez HTTP/1.1\r\nHost: x\r\nA'], undefined],
    ['sends its headers a byte a second', ['GET /livez HTTP/1.1\r\nHost: x\r\nA: '], 'a'],
    ['sends a header a second', ['GET /livez HTTP/1.1\r\nHost: x\r\n'], 'A: b\r\n'],
    [
      'stops in the middle of its body',
      [head('POST /v1/users', 'Content-Length: 500'), '{'],
      undefined,
    ],
    ['sends its body a byte a second', [head('POST /v1/users', 'Content-Length: 500')], ' '],
    [
      'stops in the middle of a chunk',
      [head('POST /v1/users', 'Transfer-Encoding: chunked'), '5\r\n12'],
      undefined,
    ],
    [
      'asks for a socket and stops',
      ['GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n'],
      undefined,
    ],
  ]
  test.each(cases)('one that %s', async (_, parts, drip) => {
    const all = await Promise.all(
      Array.from({ length: 25 }, () => slowly(parts, { everyMs: 1_000, drip })),
    )
    for (const { answer, openMs } of all) {
      inTime('closing a connection that takes its time', openMs, slowClosedWithinMs)
      expect(answer).not.toMatch(/^HTTP\/1\.1 [23]/)
    }
  })

  test('while everybody else is served', async () => {
    const { token } = await signUp(cluster())
    for (let count = 0; count < 50; count++) {
      expect((await http(cluster(), { path: '/v1/timelines/home', token })).status).toBe(200)
    }
  })
})

function head(start: string, header: string): string {
  return `${start} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n\r\n`
}

/** Writes the parts, and then the same few bytes again and again, until the other side closes. */
async function slowly(
  parts: readonly string[],
  options: { readonly everyMs: number; readonly drip?: string | undefined },
): Promise<{ answer: string; openMs: number }> {
  const startedAtMs = performance.now()
  let answer = ''
  let isClosed = false
  const socket = connect(cluster().port, '127.0.0.1')
  const waiting = [...parts]
  const writeNext = () => {
    const next = waiting.shift() ?? options.drip
    if (next !== undefined && socket.writable) socket.write(next)
  }
  const timer = setInterval(writeNext, options.everyMs)
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  socket.on('connect', writeNext)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    isClosed = true
  })
  try {
    await eventually(() => isClosed, {
      withinMs: slowClosedWithinMs + 5_000,
      elseDump: () => ({ parts, options, answer }),
    })
    return { answer, openMs: performance.now() - startedAtMs }
  } finally {
    clearInterval(timer)
    socket.destroy()
  }
}
